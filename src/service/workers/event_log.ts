/**
 * The event log's thread: does the work that the controller gives it (event_log/messages.ts), one
 * session after the other, and says how it is. Heartbeats come from a timer: an output that takes its
 * time is no hang.
 * @module
 */
import { wallOffsetNs } from "../../os/clock.ts";
import type { LogFilters } from "../../probe/event_log/filters.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { SinkError } from "../../sink/sink.ts";
import { ControlBlock } from "../control.ts";
import type {
  EventLogSource,
  EventLogWork,
  FromEventLog,
  ToEventLog,
} from "../event_log/messages.ts";
import { takeOverCounts } from "../event_log/progress.ts";
import { Session } from "../event_log/session.ts";
import type { FromWorker, ToWorker } from "../messages.ts";

const BEAT_MS = 500;
/** A clock that was set by more than this: a new session takes the new time. */
const CLOCK_STEP_NS = 100_000_000n;
/** An output that takes nothing for so long, with events waiting, is told of. */
const STALLED_MS = 10_000;

/** The worker's own global scope. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

type Start = Extract<ToEventLog, { kind: "event_log_start" }>;

class EventLogWorker {
  readonly #control: ControlBlock;
  #work: EventLogWork;
  #session: Session | null = null;
  /** Work that was seen to, whatever came of it. */
  #seen = -1;
  /** How far wall time was ahead when the session began. */
  #offset_ns = 0n;
  #draining = false;
  #written = { events: 0, at: 0, told: false };
  #wake: () => void = () => {};
  #failed: (error: unknown) => void = () => {};

  constructor(start: Start) {
    this.#control = ControlBlock.attach(start.control);
    this.#work = start.work;
    const lost = takeOverCounts(this.#control);
    if (lost > 0) this.#log("WARNING", `${lost} events were lost with the worker before`);
  }

  take(message: Exclude<ToWorker, Start>): void {
    if (message.kind === "event_log_work") this.#work = message.work;
    if (message.kind === "event_log_armed") this.#snapshot(message.types, message.filters);
    if (message.kind === "drain") this.#draining = true;
    this.#wake();
  }

  /** Works until it is told to drain, or fenced off. Rejects where a session throws. */
  async work(): Promise<void> {
    scope.postMessage({ kind: "ready" });
    const beats = setInterval(() => this.#beat(), BEAT_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#failed = reject;
        this.#loop().then(resolve, reject);
      });
    } finally {
      clearInterval(beats);
    }
    scope.postMessage({ kind: "stopped" });
    scope.close();
  }

  async #loop(): Promise<void> {
    while (!this.#draining && !this.#control.stopRequested("event_log")) {
      await this.#step();
    }
    if (this.#control.replaced("event_log")) await this.#session?.abandon();
    else await this.#release(true);
  }

  async #step(): Promise<void> {
    const changed = new Promise<void>((resolve) => this.#wake = resolve);
    const work = this.#work;
    const { source, output, seq } = work;
    const now = this.#session;
    let formatter: Formatter | undefined;
    if (now !== null && now.failure === null) {
      const other = now.options.source.id !== source?.id;
      const same = !other && JSON.stringify(now.options.output) === JSON.stringify(output);
      const format = now.options.output.format === output.format;
      if (!other && format && !this.#clockMoved()) formatter = now.formatter;
      if (!same || this.#clockMoved()) await this.#release(other && source !== null);
    } else if (now !== null && source?.id !== now.options.source.id) {
      await this.#release(source !== null);
    }
    if (this.#session === null && seq !== this.#seen) {
      if (source === null) this.#tell("closed", seq);
      else await this.#open(work, source, formatter);
    } else if (seq !== this.#seen) this.#tell("open", seq);
    this.#seen = seq;
    if (this.#work === work && !this.#draining) await changed;
  }

  async #open(
    { seq, output }: EventLogWork,
    source: EventLogSource,
    formatter?: Formatter,
  ): Promise<void> {
    const onNotice = (text: string) => this.#log("WARNING", text);
    try {
      const options = { source, output, control: this.#control, onNotice, formatter };
      const session = await Session.open(options);
      this.#offset_ns = wallOffsetNs();
      this.#session = session;
      this.#tell("open", seq);
      this.#run(session, seq);
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      this.#tell("failed", seq, error.message);
    }
  }

  /** Reads beside the messages; an output that fails is told of, a session that throws ends all. */
  #run(session: Session, seq: number): void {
    session.run().then(() => {
      const { failure } = session;
      if (failure !== null && this.#session === session) {
        this.#tell("failed", seq, failure.message);
      }
    }, (error) => {
      this.#session = null;
      this.#failed(error);
    });
  }

  async #release(last: boolean): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#written = { events: 0, at: 0, told: false };
    await session?.release({ last });
    this.#control.set("event_log_ring_backlog_bytes", 0);
    // Opened anew with what is wanted by now.
    this.#seen = -1;
  }

  #snapshot(types: readonly number[], filters: LogFilters): void {
    this.#session?.snapshot(types, filters).catch((error) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log("WARNING", `Cannot tell of the processes that exist: because ${reason}`);
    });
  }

  #beat(): void {
    this.#control.beat("event_log");
    if (this.#control.replaced("event_log")) return this.#wake();
    this.#session?.tell();
    if (this.#clockMoved()) this.#wake();
    this.#lookForStall();
  }

  #clockMoved(): boolean {
    if (this.#session === null) return false;
    const moved = wallOffsetNs() - this.#offset_ns;
    return moved > CLOCK_STEP_NS || moved < -CLOCK_STEP_NS;
  }

  #lookForStall(): void {
    const events = this.#control.get("event_log_written");
    const waiting = this.#control.get("event_log_ring_backlog_bytes") > 0;
    const now = performance.now();
    if (!waiting || events !== this.#written.events) {
      this.#written = { events, at: now, told: false };
    } else if (now - this.#written.at > STALLED_MS && !this.#written.told) {
      this.#written.told = true;
      const { path } = this.#work.output;
      this.#log("WARNING", `${path} has taken nothing for ${STALLED_MS / 1000} s; events are lost`);
    }
  }

  #tell(state: FromEventLog["state"], seq: number, reason = ""): void {
    scope.postMessage({ kind: "event_log_state", seq, state, reason });
  }

  #log(level: "INFO" | "WARNING", text: string): void {
    scope.postMessage({ kind: "log", level, text });
  }
}

/** Takes the worker's messages; the first is the start. */
export function run(): void {
  let worker: EventLogWorker | null = null;
  scope.onmessage = ({ data }) => {
    if (data.kind === "event_log_start") {
      worker = new EventLogWorker(data);
      void worker.work();
    } else worker?.take(data);
  };
}
