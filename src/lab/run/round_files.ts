/**
 * The CSV files of a run, written after each round: what is in them is of finished rounds, whatever
 * happens to the next.
 * @module
 */
import { COLUMN } from "../csv/format.ts";
import { RowFile } from "../monitor/row_file.ts";
import type { Side } from "./order.ts";
import type { Round } from "./round.ts";

/** Names of the files in the run's directory. */
export const FILES = {
  rounds: "rounds.csv",
  baseline: "baseline_system_usage.csv",
  with_aod: "with_aod_system_usage.csv",
  disk: "with_aod_disk_usage.csv",
} as const;

const SYSTEM_COLUMNS = [COLUMN.timestamp, COLUMN.cpu, COLUMN.memory, COLUMN.round, "Elapsed_Sec"];
const AGENT_COLUMNS = ["Agent_CPU_Percent", "Agent_RSS_MB"];
const ROUND_COLUMNS = [
  ...["Order", COLUMN.round, "Side", COLUMN.timestamp, "Duration_Sec", COLUMN.cpu, "Busy_Sec"],
  ...[COLUMN.memory, "Agent_CPU_Sec", ...AGENT_COLUMNS, "Agent_Disk_MB"],
];

/** The open files of one run. */
export class RoundFiles {
  readonly #rounds: RowFile;
  readonly #system: Record<Side, RowFile>;
  readonly #disk: RowFile;

  /**
   * Makes them.
   * @param dir the run's directory
   * @throws {Error} "Cannot write ...: because ..."
   */
  constructor(dir: string) {
    this.#rounds = RowFile.create(`${dir}/${FILES.rounds}`, ROUND_COLUMNS);
    this.#system = {
      baseline: RowFile.create(`${dir}/${FILES.baseline}`, SYSTEM_COLUMNS),
      with_aod: RowFile.create(`${dir}/${FILES.with_aod}`, [...SYSTEM_COLUMNS, ...AGENT_COLUMNS]),
    };
    this.#disk = RowFile.create(`${dir}/${FILES.disk}`, [
      COLUMN.timestamp,
      COLUMN.disk,
      COLUMN.round,
    ]);
  }

  /**
   * Adds a finished round.
   * @throws {Error} "Cannot write ...: because ..." such as when the disk is full
   */
  add(round: Round): void {
    const { side, pair, agent, samples } = round;
    for (const sample of samples) {
      this.#system[side].add([
        ...[sample.at, sample.cpu_percent, sample.memory_percent, pair, sample.elapsed_sec],
        ...(side === "baseline" ? [] : [sample.agent_cpu_percent, sample.agent_rss_mb]),
      ]);
    }
    if (agent !== null) this.#disk.add([samples[samples.length - 1].at, agent.disk_mb, pair]);
    this.#rounds.add([
      ...[this.#rounds.rows + 1, pair, side, round.started_at, round.duration_sec],
      ...[round.cpu_percent, round.busy_sec, round.memory_percent],
      ...[agent?.cpu_sec ?? null, agent?.cpu_percent ?? null, agent?.rss_mb ?? null],
      agent?.disk_mb ?? null,
    ]);
  }

  /** Closes them. */
  close(): void {
    for (const file of [this.#rounds, this.#disk, ...Object.values(this.#system)]) file.close();
  }
}
