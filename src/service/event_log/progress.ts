/**
 * The reader's counts in the control block. They go on over outputs, sources and workers: what a
 * worker took from the ring and did not account for before it ended, its successor counts as lost.
 * @module
 */
import type { PumpCounts } from "../../sink/pump.ts";
import type { ControlBlock } from "../control.ts";
import type { CounterName } from "../control_names.ts";

/** What becomes of an event in user space, by the counter's name. */
const FATES = [
  "event_log_written",
  "event_log_dropped_budget",
  "event_log_dropped_malformed",
  "event_log_dropped_disk_full",
  "event_log_dropped_io",
  "event_log_dropped_abandoned",
  "event_log_dropped_worker",
] as const satisfies readonly CounterName[];

const COUNTED = [...FATES, "event_log_taken", "event_log_records", "event_log_sleeps"] as const;

/** Counts what an earlier worker left unaccounted for; before the first output is opened. */
export function takeOverCounts(control: ControlBlock): number {
  const taken = control.get("event_log_taken");
  const lost = FATES.reduce((rest, name) => rest - control.get(name), taken);
  if (lost > 0) control.add("event_log_dropped_worker", lost);
  return Math.max(0, lost);
}

/** Adds the counts of one pump to what was counted before. */
export class Progress {
  readonly #control: ControlBlock;
  readonly #base: Record<typeof COUNTED[number], number>;

  /** To be made when the pump begins. */
  constructor(control: ControlBlock) {
    this.#control = control;
    this.#base = Object.fromEntries(
      COUNTED.map((name) => [name, control.get(name)]),
    ) as Record<typeof COUNTED[number], number>;
  }

  /**
   * Tells the figures.
   * @param unsent events that are formatted, but not given to the output
   * @param overBudget events that the budget kept back: a pump takes them for malformed
   */
  tell(counts: PumpCounts, unsent: number, overBudget: number): void {
    const { formatted, malformed, lost, written, records, sleeps } = counts;
    this.#set("event_log_taken", Number(formatted + malformed) + unsent);
    this.#set("event_log_records", Number(records));
    this.#set("event_log_sleeps", Number(sleeps));
    this.#set("event_log_written", Number(written));
    this.#set("event_log_dropped_budget", overBudget);
    this.#set("event_log_dropped_malformed", Number(malformed) - overBudget);
    this.#set("event_log_dropped_disk_full", Number(lost.disk_full));
    this.#set("event_log_dropped_io", Number(lost.io + lost.closed_pipe));
    this.#set("event_log_dropped_abandoned", Number(lost.abandoned));
  }

  #set(name: typeof COUNTED[number], value: number): void {
    this.#control.set(name, this.#base[name] + value);
  }
}
