/**
 * What goes over the event bus of the monitoring platform: one envelope for samples of collectors,
 * events of tracers, anomalies and losses.
 * @module
 */

/** One event. The keys are those of the REST API's answers. */
export interface BusEvent {
  /** Eight hex digits; no two events of a run have the same. */
  event_id: string;
  /** One of {@link EVENT_TYPES}; others are let through. */
  event_type: string;
  /** Seconds since the epoch, with a fraction. */
  timestamp: number;
  /** Who made it: `collector::cpu`, `eBPF::syscall_tracer`, `ml::anomaly_detector`. */
  source: string;
  /** Process concerned (the kernel's tgid), where there is one. */
  pid?: number;
  /** Its name; filled in by the processor where the source does not know it. */
  comm?: string;
  /** What the type calls for. */
  data: Record<string, unknown>;
}

/** The types that parts of the agent publish. */
export const EVENT_TYPES = [
  ...["metric", "anomaly", "syscall", "exec", "fork", "exit", "block_io", "smb", "loss"],
] as const;

/** One value of one metric, within an event of type `metric`. */
export interface MetricPoint {
  /** For example `cpu.total` or `disk.sda.read_bytes_delta`; never with a process id in it. */
  key: string;
  /** In the unit of the key. */
  value: number;
}

/** Odd, so that multiplying by it modulo 2^32 maps every number to another one (golden ratio). */
const SPREAD = 0x9e37_79b1;

/**
 * Makes event ids: the numbers from `start` on, spread so that ids of one moment do not look alike.
 * They repeat after 2^32 events.
 * @param start where to begin; by default at random, so that two runs seldom share ids
 */
export function eventIds(start = crypto.getRandomValues(new Uint32Array(1))[0]): () => string {
  let next = start >>> 0;
  return () => {
    const id = Math.imul(next, SPREAD) >>> 0;
    next = (next + 1) >>> 0;
    return id.toString(16).padStart(8, "0");
  };
}

/**
 * The event of one sample: all values that a collector took at one moment.
 * @param id a fresh id
 * @param source for example `collector::cpu`
 * @param timestamp seconds since the epoch
 */
export function metricEvent(
  id: string,
  source: string,
  timestamp: number,
  points: readonly MetricPoint[],
): BusEvent {
  return { event_id: id, event_type: "metric", timestamp, source, data: { points } };
}

/**
 * The values of a `metric` event: of a sample (`data.points`), or the one of `data.metric_key` and
 * `data.value`. What has not this shape is left out.
 */
export function metricPoints({ data }: BusEvent): MetricPoint[] {
  if (Array.isArray(data.points)) return data.points.filter(isPoint);
  const single = { key: data.metric_key, value: data.value };
  return isPoint(single) ? [single] : [];
}

function isPoint(value: unknown): value is MetricPoint {
  if (typeof value !== "object" || value === null || !("key" in value)) return false;
  return typeof value.key === "string" && "value" in value && typeof value.value === "number";
}
