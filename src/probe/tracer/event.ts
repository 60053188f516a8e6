/**
 * What the tracers give: events in the shape of the event bus, and what each of them counts.
 * @module
 */

/** An event, with the fields that the bus and the API show. */
export interface TracerEvent {
  /** Eight hexadecimal digits, unique in the run. */
  event_id: string;
  /** `syscall`, `exec`, `fork`, `exit`, `block_io`, or `loss`. */
  event_type: string;
  /** Seconds since the epoch, with a fraction. */
  timestamp: number;
  /** `eBPF::` and the name of the tracer. */
  source: string;
  /** Thread group id, where one is the subject. */
  pid?: number;
  /** Its name. */
  comm?: string;
  /** By type; docs/tracers.md. */
  data: Record<string, unknown>;
}

/** What became of all that a tracer saw: seen = emitted + filtered + own + the sum of `dropped`. */
export interface TracerLedger {
  /** Calls, processes' events or requests. */
  seen: number;
  /** Told as events. */
  emitted: number;
  /** Only counted in histograms, as they were neither slow nor sampled. */
  filtered: number;
  /** Of the agent and what it started. */
  own: number;
  /** Lost, by cause. */
  dropped: Record<string, number>;
}
