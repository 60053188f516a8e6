/**
 * `aod trace --read`: prints a recording again; filters apply. It needs no root and no kernel feature.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { DecodeOptions } from "../../probe/event_log/decode.ts";
import { type Machine, syscallName } from "../../probe/event_log/syscalls.ts";
import type { OriginHeader } from "../../sink/origin_format.ts";
import { OriginError, OriginFile, type OriginRecord } from "../../sink/origin_read.ts";
import { Outlet } from "../../sink/outlet.ts";
import { FilteringFormatter } from "../../sink/record_filter.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import { Ending } from "./ending.ts";
import { formatterOf } from "./formatters.ts";
import { closeSink, exitOf, exportLedger, openSink } from "./output.ts";
import type { TracePlan } from "./plan.ts";

const MACHINES: readonly Machine[] = ["x86_64", "aarch64"];
/** Between two looks at whether it is to end: some ms. */
const TURN_RECORDS = 8192;

const say = (text: string) => console.error(`aod trace: ${text}`);

/** Where the events of a recording went; `read` is the sum of the others. */
export interface ReplayLedger {
  /** Events in the file. */
  read: bigint;
  /** In the output, whole. */
  written: bigint;
  /** Left out by a filter. */
  filtered: bigint;
  /** Records that made no sense. */
  malformed: bigint;
  /** Not taken by the output. */
  lost: bigint;
  /** Events that the gaps of the recording tell of: lost while it was made. */
  gap_events: number;
  /** Records of the recording that are not in the file. */
  missing: number;
}

/**
 * Prints a recording.
 * @returns the exit code
 * @throws ExitError where it cannot be read
 */
export async function replay(path: string, plan: TracePlan): Promise<ExitCode> {
  const file = open(path);
  const ending = new Ending();
  try {
    return await new Replay(file, plan).run(ending);
  } catch (error) {
    if (error instanceof OriginError) throw new ExitError(EXIT.internal, error.message);
    throw error;
  } finally {
    ending.close();
    file.close();
  }
}

function open(path: string): OriginFile {
  try {
    return new OriginFile(path);
  } catch (error) {
    if (error instanceof OriginError) throw new ExitError(EXIT.usage, error.message);
    throw error;
  }
}

class Replay {
  readonly #file: OriginFile;
  readonly #plan: TracePlan;
  #formatter: FilteringFormatter;
  readonly #ledger: ReplayLedger = {
    read: 0n,
    written: 0n,
    filtered: 0n,
    malformed: 0n,
    lost: 0n,
    gap_events: 0,
    missing: 0,
  };

  constructor(file: OriginFile, plan: TracePlan) {
    this.#file = file;
    this.#plan = plan;
    this.#formatter = this.#begin(file.header);
  }

  async run(ending: Ending): Promise<ExitCode> {
    const sink = await openSink(this.#plan, this.#formatter, say);
    const outlet = new Outlet(sink);
    const interrupted = new Promise<void>((resolve) => ending.onEnd(resolve));
    while (ending.code === null && outlet.failure === null) {
      const isMore = this.#fill(outlet);
      await Promise.race([outlet.written(), interrupted]);
      if (ending.code !== null) outlet.abandon();
      outlet.send();
      if (!isMore) break;
      await setImmediate();
    }
    await Promise.race([outlet.written(), interrupted]);
    const failure = await closeSink(sink) ?? outlet.failure;
    this.#finish(outlet);
    if (this.#plan.ledger_path !== null) exportLedger(this.#ledger, this.#plan.ledger_path);
    if (failure?.reason === "closed_pipe") return EXIT.ok;
    if (failure !== null) say(failure.message);
    for (const line of this.#lines()) say(line);
    return exitOf(failure, ending.code);
  }

  /** Formats until the batch is full, or for a turn of some ms; false at the end of the file. */
  #fill(outlet: Outlet): boolean {
    const { batch } = outlet;
    // Filters may let nothing through that would fill it.
    for (let i = 0; i < TURN_RECORDS && !outlet.isFull; i++) {
      const record = this.#file.next();
      if (record === null) return false;
      batch.end(this.#format(record, outlet));
    }
    return true;
  }

  #format(record: OriginRecord, { batch }: Outlet): boolean {
    switch (record.kind) {
      case "ring":
        return this.#formatter.record(record.view, record.offset, record.bytes, batch.out);
      case "snapshot":
        this.#formatter.snapshot(record.event, batch.out);
        return false;
      case "header":
        this.#count();
        this.#formatter = this.#begin(record.header);
        return false;
    }
  }

  #begin(header: OriginHeader): FilteringFormatter {
    const { machine, offset_ns, cpus } = header;
    const known = MACHINES.find((name) => name === machine);
    const options: DecodeOptions = {
      offset_ns: BigInt(offset_ns),
      cpus,
      syscallName: (number) =>
        known === undefined ? undefined : syscallName(number, known) ?? undefined,
    };
    const { types, filters } = this.#plan;
    return new FilteringFormatter(formatterOf(this.#plan, options), types, filters, options);
  }

  /** Takes over what the formatter has counted. */
  #count(): void {
    const { filtered, malformed, counts } = this.#formatter;
    this.#ledger.filtered += filtered;
    this.#ledger.malformed += malformed;
    this.#ledger.gap_events += counts.gap_events;
  }

  #finish({ counts: { formatted, written } }: Outlet): void {
    this.#count();
    const ledger = this.#ledger;
    ledger.written = written;
    ledger.lost = formatted - written;
    ledger.read = formatted + ledger.filtered + ledger.malformed;
    ledger.missing = this.#file.missing;
  }

  #lines(): string[] {
    const { read, written, filtered, malformed, lost, gap_events, missing } = this.#ledger;
    const { problem } = this.#file;
    const dropped = `malformed ${malformed}, not taken by the output ${lost}`;
    return [
      `${read} read = ${written} written + ${filtered} filtered + ${malformed + lost} dropped ` +
      `(${dropped})`,
      ...(gap_events > 0 ? [`${gap_events} events were lost while it was recorded`] : []),
      ...(missing > 0 ? [`${missing} records are missing in the file`] : []),
      ...(problem === null ? [] : [problem]),
    ];
  }
}
