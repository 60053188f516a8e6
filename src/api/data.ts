/**
 * What the routes call. The agent implements it where collectors, streams and detectors come
 * together (src/service/platform); everything that crosses it is plain data, ready for JSON. Field
 * names are those of the answers.
 * @module
 */
import type { BundleMade, Readiness, ReloadResult, SmbAnswer, TopProcesses } from "./data_agent.ts";
import type { BusStats } from "../stream/bus.ts";
import type { BusEvent } from "../stream/bus_event.ts";
import type { ProcessorStats } from "../stream/processor.ts";
import type { SeriesSummary } from "../stream/series.ts";
import type { MetricFamily } from "./prometheus.ts";
import type { SelfStats } from "./self_stats.ts";

/** A value, now or soon. */
export type Answer<T> = T | Promise<T>;

/** `GET /metrics/realtime`. */
export interface RealtimeAnswer {
  /** Seconds since the epoch. */
  timestamp: number;
  /** By metric key. */
  metrics: Record<string, SeriesSummary>;
  /** Of the stream processor. */
  processor_stats: ProcessorStats;
}

/** One point of a series. */
export interface HistoryPoint {
  /** Seconds since the epoch. */
  timestamp: number;
  /** In the unit of the key. */
  value: number;
  /** What the key is: at least `metric_type`, and `unit` where known. */
  metadata: Record<string, string>;
}

/** `GET /events` and `/anomalies` hold these. */
export type ApiEvent = BusEvent;

/** Which events are wanted; null for all. */
export interface EventFilter {
  /** Equal to the event's. */
  event_type: string | null;
  /** Equal to the event's. */
  source: string | null;
  /** The newest so many of them. */
  limit: number;
}

/** Time until a limit is reached. */
export interface TrendForecast {
  /** The value at which something is full. */
  limit: number;
  /** Best estimate of the time until then; null when it does not get there. */
  seconds: number | null;
  /** Bounds of the confidence interval; null for "never". */
  earliest_sec: number | null;
  /** See `earliest_sec`. */
  latest_sec: number | null;
}

/** Trend of one key. */
export interface Trend {
  /** Change per second. */
  slope: number;
  /** Newest value. */
  current_value: number;
  /** `stable` below the noise. */
  trend_direction: "increasing" | "decreasing" | "stable";
  /** Absolute slope. */
  magnitude: number;
  /** Coefficient of determination, 0 to 1. */
  r2: number;
  /** Where a limit is known. */
  forecast?: TrendForecast;
}

/** One update of the live metrics. */
export interface MetricsUpdate {
  /** Seconds since the epoch. */
  timestamp: number;
  /** Values by key: those that are new since the last update. */
  values: Record<string, number>;
}

/** `GET /stats`. */
export interface StatsAnswer {
  /** Of the bus. */
  event_bus: BusStats;
  /** Of the stream processor. */
  processor: ProcessorStats;
  /** What the agent costs, and what its own parts have done. */
  self: SelfStats;
}

/** Everything the routes need. */
export interface ApiData {
  /** Summaries of every series. */
  realtime(): RealtimeAnswer;
  /** Points of one key, oldest first; null for a key that is not known. */
  history(key: string, seconds: number): Answer<HistoryPoint[] | null>;
  /** The newest `limit` anomalies, newest first, and how many there are. */
  anomalies(limit: number): { anomalies: ApiEvent[]; total: number };
  /** Trends by key; empty with trend prediction off. */
  trends(): Answer<Record<string, Trend>>;
  /** The newest matches, newest first, and how many match. */
  events(filter: EventFilter): { events: ApiEvent[]; total: number };
  /** Bus and processor, and the agent itself. */
  stats(): Answer<StatsAnswer>;
  /** Latency, errors and sessions of SMB. */
  smb(): Answer<SmbAnswer>;
  /** The top processes of the last sample. */
  processes(): Answer<TopProcesses>;
  /** As `aod status --json` prints it. */
  status(): Answer<Record<string, unknown>>;
  /** Whether everything that is on works. */
  ready(): Readiness;
  /** Metric families for the Prometheus text; the server adds those of its own. */
  families(): Answer<MetricFamily[]>;
  /** Output directory, in which `batches/` lies. */
  outputDir(): string;
  /**
   * Collects evidence now; settles when the bundle is sealed.
   * @throws {Error} "Cannot ...: because ..."
   */
  snapshot(): Promise<BundleMade>;
  /** Reads the configuration again. */
  reload(): Promise<ReloadResult>;
  /** Calls `listener` with every event of the bus until the returned function is called. */
  onEvent(listener: (event: ApiEvent) => void): () => void;
  /** Calls `listener` after every sweep of a collector until the returned function is called. */
  onMetrics(listener: (update: MetricsUpdate) => void): () => void;
}
