/**
 * One source read into one output: from opening the output to letting go of both.
 * @module
 */
import { rename } from "node:fs/promises";
import { wallOffsetNs } from "../../os/clock.ts";
import { within } from "../../os/within.ts";
import { readGaps } from "../../probe/event_log/counters.ts";
import { forgetPaths, type LogFilters } from "../../probe/event_log/filters.ts";
import { processSnapshot } from "../../probe/event_log/snapshot.ts";
import { syscallName } from "../../probe/event_log/syscalls.ts";
import { FileSink } from "../../sink/file_sink.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { gapRecord } from "../../sink/gap_record.ts";
import { JsonFormatter } from "../../sink/json.ts";
import { OriginFormatter } from "../../sink/origin.ts";
import { LogPump } from "../../sink/pump.ts";
import { FilteringFormatter } from "../../sink/record_filter.ts";
import { listRotated, nextName } from "../../sink/rotation.ts";
import type { Sink, SinkError } from "../../sink/sink.ts";
import { TextFormatter } from "../../sink/text.ts";
import type { ControlBlock } from "../control.ts";
import { BudgetFormatter } from "./budget.ts";
import type { EventLogSource } from "./messages.ts";
import type { OutputSettings } from "./plan.ts";
import { Progress } from "./progress.ts";
import { checkReserve, ReservedSink } from "./reserve.ts";

const FORMATTERS = { json: JsonFormatter, origin: OriginFormatter, text: TextFormatter };
/** What the output has not taken then is given up, and counted. */
const FINISH_MS = 2_000;
const CLOSE_MS = 1_000;
/** A snapshot is filtered without looking at records. */
const NO_DECODING = { offset_ns: 0n, cpus: 1, syscallName: () => undefined };

/** What a session works with. */
export interface SessionOptions {
  /** What it reads. */
  source: EventLogSource;
  /** Where it writes. */
  output: OutputSettings;
  /** Gets the counts, and says when another worker has taken over. */
  control: ControlBlock;
  /** Gets what does not stop the log. */
  onNotice: (text: string) => void;
  /** The formatter of a session that has read the same source until now; it knows the paths. */
  formatter?: Formatter;
}

/** Reads one source into one output. */
export class Session {
  /** What it was opened with. */
  readonly options: SessionOptions;
  /** What has followed the source's paths. */
  readonly formatter: Formatter;
  /** The same, or the budget before it. */
  readonly #formatter: Formatter;
  readonly #budget: BudgetFormatter | null;
  readonly #sink: Sink;
  readonly #pump: LogPump;
  readonly #progress: Progress;
  #running: Promise<void> = Promise.resolve();
  #letGo = false;

  private constructor(options: SessionOptions, formatter: Formatter, sink: Sink) {
    const { source, output, control } = options;
    this.options = options;
    this.formatter = formatter;
    const most = output.max_events_per_sec;
    this.#budget = most === 0 ? null : new BudgetFormatter(formatter, most);
    this.#formatter = this.#budget ?? formatter;
    this.#sink = sink;
    this.#progress = new Progress(control);
    this.#pump = new LogPump(source.handles, this.#formatter, sink, {
      mayGoOn: () => !control.replaced("event_log"),
      progressed: () => this.#tell(),
    });
  }

  /**
   * Opens the output.
   * @throws SinkError
   */
  static async open(options: SessionOptions): Promise<Session> {
    const { output, onNotice } = options;
    const formatter = options.formatter ?? newFormatter(options);
    const text = output.format !== "origin";
    if (!text) await setAside(output.path);
    const head = () => formatter.begin();
    const sink = await FileSink.open({ ...output, text, head, onNotice });
    try {
      await checkReserve(output.path, output.min_free_bytes);
      const guarded = new ReservedSink(sink, output.path, output.min_free_bytes);
      return new Session(options, formatter, guarded);
    } catch (error) {
      await sink.close().catch(() => {});
      throw error;
    }
  }

  /** What the output gave up with; null while it works. */
  get failure(): SinkError | null {
    return this.#pump.failure;
  }

  /** Reads until stopped, or until the output fails. */
  async run(): Promise<void> {
    const running = this.#pump.run();
    this.#running = running.catch(() => {});
    try {
      await running;
    } catch (error) {
      // What is being written is counted before this thread ends.
      await within(this.#pump.settled(), CLOSE_MS);
      await this.#close();
      throw error;
    }
    this.#tell();
  }

  /** Tells of the processes that exist. */
  async snapshot(types: readonly number[], filters: LogFilters): Promise<void> {
    const filter = new FilteringFormatter(
      this.#formatter,
      new Set(types),
      filters,
      NO_DECODING,
    );
    for await (const process of processSnapshot({ leave_out: new Set([Deno.pid]) })) {
      if (this.#letGo || this.failure !== null) return;
      this.#pump.put((out) => filter.snapshot(process, out));
    }
  }

  /**
   * Takes what is in the ring, writes it, and closes the output.
   * @param last the source is not read again: gaps that nobody has told of are told
   */
  async release({ last }: { last: boolean }): Promise<void> {
    const { source: { handles } } = this.options;
    this.#letGo = true;
    this.#pump.stop();
    await this.#running;
    await this.#pump.finish(FINISH_MS);
    this.#pump.put((out) => this.#budget?.tell(out));
    if (last) {
      for (const gap of readGaps(handles)) {
        const record = gapRecord(gap);
        this.#pump.put((out) => this.#formatter.record(record, 0, record.byteLength, out));
      }
    }
    await this.#pump.finish(FINISH_MS);
    await this.#close();
  }

  /** Lets go of everything without a word: another worker has taken over. */
  async abandon(): Promise<void> {
    this.#letGo = true;
    this.#pump.stop();
    await this.#running;
    await this.#close();
  }

  /** Figures for the control block. */
  tell(): void {
    if (this.#letGo) return;
    const { control } = this.options;
    control.set("event_log_ring_backlog_bytes", this.#pump.backlog());
    this.#tell();
  }

  #tell(): void {
    if (this.options.control.replaced("event_log")) return; // the counts are another one's
    this.#progress.tell(this.#pump.counts, this.#pump.unsent, this.#budget?.dropped ?? 0);
  }

  /** Mappings and descriptors belong to the process: they would outlive a thread that failed. */
  async #close(): Promise<void> {
    this.#tell();
    this.#letGo = true;
    this.#pump.close();
    await within(this.#sink.close().catch(() => {}), CLOSE_MS + FINISH_MS);
  }
}

/** What an earlier reader was told of paths, a new one is told anew. */
function newFormatter({ source: { handles }, output }: SessionOptions): Formatter {
  forgetPaths(handles.maps);
  return new FORMATTERS[output.format]({
    offset_ns: wallOffsetNs(),
    cpus: handles.possible_cpus,
    syscallName: (number) => syscallName(number) ?? undefined,
  }, null);
}

/** An origin file is one record from its head on: one that is there is put with the rotated ones. */
async function setAside(path: string): Promise<void> {
  try {
    const { size, isFile } = Deno.lstatSync(path);
    if (isFile && size > 0) {
      await rename(path, nextName(path, listRotated(path).rotated, new Date()));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
