/**
 * The shapes of all answers. The OpenAPI document is made of them, and tests check answers against
 * them; requests are never checked with them.
 * @module
 */
import * as z from "zod";

const number = z.number();
const count = z.int().nonnegative();
const timestamp = z.number().nonnegative().describe("Seconds since the epoch.");
const row = z.record(z.string(), z.unknown());
const id = z.string().regex(/^[0-9]{19}$/).describe("19 digits: wall-clock nanoseconds.");

const metricSummary = z.strictObject({
  count: count.describe("Points in memory."),
  mean: number,
  min: number,
  max: number,
});

const processor = z.strictObject({
  total_events_processed: count,
  active_metrics: count,
  process_cache_size: count,
  event_history_size: count,
});

const eventBus = z.strictObject({
  total_events: count,
  dropped_events: count,
  subscribers: count,
  active_subscribers: count,
  buffer_size: count,
});

const counts = z.record(z.string(), count);

const self = z.strictObject({
  cpu_percent: number.nonnegative().nullable().describe("Of one core, over ten seconds."),
  rss_bytes: count,
  budget: z.strictObject({
    cpu_percent: number.describe("Limit of one core; 0: none."),
    rss_mb: number.describe("Limit; 0: none."),
    shed: z.array(z.string()).describe("Parts that were put out to keep the budget, in order."),
  }),
  subscribers: z.array(
    z.strictObject({ name: z.string(), delivered: count, dropped: count, waiting: count }),
  ),
  detection: z.strictObject({
    keys: count,
    observed: count,
    outcomes: counts,
    refused_value: count,
    refused_key: count,
    found: counts.describe("Anomalies by method."),
    trained: count,
  }).nullable().describe("null while learning is off."),
  history: z.strictObject({
    written: count,
    pending: count,
    dropped: counts,
    flushes: count,
    failures: counts,
    aged_blocks: count,
    displaced_blocks: count,
    bytes: count,
    keys: count,
  }).nullable().describe("null while metrics are not kept on disk."),
  bpf: z.strictObject({
    counting: z.enum(["never", "sampled", "always"]),
    counted_sec: number.nonnegative().describe("For how long the kernel has counted."),
    reason: z.string().nullable().describe("Why it cannot count."),
    programs: z.array(z.strictObject({
      object: z.string(),
      program: z.string(),
      run_time_ns: count.describe("While it was counted."),
      run_count: count.describe("While it was counted."),
      missed: count,
    })),
  }),
});

const event = z.strictObject({
  event_id: z.string().regex(/^[0-9a-f]{8}$/),
  event_type: z.string().min(1),
  timestamp,
  source: z.string().min(1),
  pid: z.int().optional(),
  comm: z.string().optional(),
  data: row,
});

const anomaly = event.extend({
  event_type: z.literal("anomaly"),
  data: z.object({
    metric_key: z.string(),
    value: number,
    mean: number,
    z_score: number,
    method: z.string(),
    score: number.optional(),
  }),
});

const trend = z.strictObject({
  slope: number.describe("Change per second."),
  current_value: number,
  trend_direction: z.enum(["increasing", "decreasing", "stable"]),
  magnitude: number,
  r2: number,
  forecast: z.strictObject({
    limit: number,
    seconds: number.nullable().describe("Time until the limit; null for never."),
    earliest_sec: number.nullable(),
    latest_sec: number.nullable(),
  }).optional(),
});

const quantile = number.nullable();
const smb = z.strictObject({
  timestamp,
  probe: z.strictObject({ state: z.string(), reason: z.string().nullable() }),
  in_flight: count.nullable(),
  hung: count.nullable(),
  under_way: z.array(z.strictObject({
    id: z.string().regex(/^[0-9]+$/),
    server: z.string(),
    share: z.string(),
    command: z.string(),
    age_ms: number.nonnegative(),
    state: z.enum(["under_way", "hung", "waiting"]).describe("waiting: that is what it is for."),
    pid: z.int(),
    comm: z.string(),
    file: z.string(),
  })).describe("The oldest requests that wait for their answer, the oldest first; at most 100."),
  bounds_ms: z.array(number).describe("Upper bounds of the buckets in `counts`."),
  latency: z.array(z.strictObject({
    server: z.string(),
    share: z.string(),
    command: z.string(),
    count,
    errors: count,
    sum_ms: number,
    p50_ms: quantile,
    p90_ms: quantile,
    p99_ms: quantile,
    max_ms: quantile,
    counts: z.array(count).describe("One more than bounds; not cumulative."),
  })),
  errors: z.array(
    z.strictObject({ code: z.string(), command: z.string(), server: z.string(), count }),
  ),
  sessions: z.array(row),
});

const bundleRow = z.strictObject({
  id,
  detected_at: z.string(),
  bytes: count,
  url: z.string(),
  meta: z.strictObject({
    name: z.string(),
    type: z.string(),
    reason: z.string(),
    count: number,
    status: z.string(),
    verdict: z.string(),
    verdict_line: z.string(),
  }).nullable(),
});

/** Every schema by the name it has in the document. */
export const SCHEMAS = {
  Realtime: z.strictObject({
    timestamp,
    metrics: z.record(z.string(), metricSummary),
    processor_stats: processor,
  }),
  History: z.strictObject({
    metric_key: z.string(),
    window_seconds: count,
    point_count: count,
    points: z.array(z.strictObject({
      timestamp,
      value: number,
      metadata: z.record(z.string(), z.string()),
    })),
  }),
  Anomalies: z.strictObject({ anomalies: z.array(anomaly), total: count }),
  Trends: z.strictObject({ trends: z.record(z.string(), trend) }),
  Events: z.strictObject({
    events: z.array(event),
    total: count.describe("Events that match, not those of the page."),
  }),
  Stats: z.strictObject({ event_bus: eventBus, processor, self }),
  Status: row,
  Processes: z.strictObject({ timestamp, by_cpu: z.array(row), by_memory: z.array(row) }),
  Smb: smb,
  Bundles: z.strictObject({ bundles: z.array(bundleRow), total: count }),
  Snapshot: z.strictObject({ id, bytes: count, verdict: z.string(), url: z.string() }),
  Reload: z.strictObject({
    changes: z.array(z.strictObject({
      path: z.string(),
      from: z.string(),
      to: z.string(),
      restart: z.boolean().describe("In force only after a restart."),
    })),
  }),
  Ok: z.strictObject({ status: z.literal("ok") }),
  Ready: z.strictObject({
    ready: z.boolean(),
    parts: z.array(
      z.strictObject({ name: z.string(), ok: z.boolean(), reason: z.string().nullable() }),
    ),
  }),
  Login: z.strictObject({ token: z.string().max(512) }),
  Problem: z.strictObject({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.strictObject({ parameter: z.string().optional(), detail: z.string() }))
      .optional(),
  }),
  /** Messages of the streams; their media type has no schema of its own. */
  MetricsUpdate: z.strictObject({ timestamp, values: z.record(z.string(), number) }),
  Event: event,
};
