/**
 * The event log's programs in the kernel: loaded, changed, replaced. An old load is kept until its
 * reader has let go of it.
 * @module
 */
import type { EventLogOptions, EventLogProbe } from "../../probe/event_log/load.ts";
import type { LogHandles } from "../../probe/event_log/handles.ts";
import type { ControlBlock } from "../control.ts";
import { type EventLogLedger, eventLogLedger, PastLoads } from "./ledger.ts";
import type { EventLogSource } from "./messages.ts";
import type { KernelSettings } from "./plan.ts";

/** Loads the programs; what it throws may carry a `reason`. */
export type LoadEventLog = (options: EventLogOptions) => EventLogProbe | Promise<EventLogProbe>;

interface Load {
  source: EventLogSource;
  probe: EventLogProbe;
  settings: KernelSettings;
}

/** The loads of one agent. */
export class EventLogLoads {
  readonly #load: LoadEventLog;
  readonly #control: ControlBlock;
  readonly #past = new PastLoads();
  #current: Load | null = null;
  /** Until the answer to the work that replaced them. */
  #leaving: { load: Load; seq: number }[] = [];
  #ids = 0;
  #armed = false;

  /** Nothing is loaded yet. */
  constructor(load: LoadEventLog, control: ControlBlock) {
    this.#load = load;
    this.#control = control;
  }

  /** What the worker is to read; null while nothing is loaded. */
  get source(): EventLogSource | null {
    return this.#current?.source ?? null;
  }

  /** What is in force; null while nothing is loaded. */
  get settings(): KernelSettings | null {
    return this.#current?.settings ?? null;
  }

  /** Whether events are logged. */
  get armed(): boolean {
    return this.#armed;
  }

  /** Programs with what kept them out. */
  get programs(): EventLogProbe["programs"] {
    return this.#current?.probe.programs ?? [];
  }

  /** Everything counted since the agent started. */
  ledger(): EventLogLedger {
    const loads = this.#leaving.map(({ load }) => load);
    if (this.#current !== null) loads.push(this.#current);
    const handles: LogHandles[] = loads.map(({ source }) => source.handles);
    return eventLogLedger(this.#past, handles, this.#control);
  }

  /** Whether a change of the settings is one of maps, not of programs. */
  fits({ types, filters, ring_bytes }: KernelSettings): boolean {
    const now = this.#current;
    return now !== null && now.settings.ring_bytes === ring_bytes &&
      now.probe.fits(types, filters);
  }

  /** Changes types and filters of what is loaded. @throws LogFilterError; the old ones stay then */
  change(settings: KernelSettings): void {
    const now = this.#current;
    if (now === null) return;
    try {
      now.probe.setFilters(settings.types, settings.filters);
      now.settings = settings;
    } catch (error) {
      now.probe.setFilters(now.settings.types, now.settings.filters);
      throw error;
    } finally {
      if (!this.#armed) now.probe.setTypes(new Set());
    }
  }

  /**
   * Loads other programs and lets them go on at once where those before were logging.
   * @param seq of the work that takes the reader from the old ones to these
   * @returns how long nothing was logged, in ms; 0 where nothing was before
   * @throws ProbeError, LogFilterError; the old ones go on then
   */
  async replace(settings: KernelSettings, seq: number): Promise<number> {
    const { types, filters, ring_bytes } = settings;
    const options = { types, filters, ring_bytes, leave_out_self: true, paused: true };
    const probe = await this.#load(options);
    this.#control.add("controller_event_log_loads");
    const source = { id: ++this.#ids, handles: probe.handles };
    const old = this.#current;
    this.#current = { source, probe, settings };
    if (old === null) return 0;
    this.#leaving.push({ load: old, seq });
    const begun = performance.now();
    if (this.#armed) {
      old.probe.setTypes(new Set());
      probe.setTypes(types);
    }
    return performance.now() - begun;
  }

  /** Lets the programs log. */
  arm(): void {
    this.#armed = true;
    this.#current?.probe.setTypes(this.#current.settings.types);
  }

  /** Ends what the programs log; they stay. */
  disarm(): void {
    this.#armed = false;
    this.#current?.probe.setTypes(new Set());
  }

  /** The reader has done the work of this number: loads from before are closed. */
  done(seq: number): void {
    const closed = this.#leaving.filter((left) => left.seq <= seq);
    this.#leaving = this.#leaving.filter((left) => left.seq > seq);
    for (const { load } of closed) this.#close(load);
  }

  /** Closes everything: nobody reads any more. */
  closeAll(): void {
    this.#armed = false;
    this.done(Infinity);
    if (this.#current !== null) this.#close(this.#current);
    this.#current = null;
  }

  #close({ probe }: Load): void {
    probe.setTypes(new Set());
    this.#past.add(probe.handles);
    probe.close();
  }
}
