/**
 * What routes call, over a real bus, real series and real recent events that a test fills.
 * @module
 */
import type {
  ApiData,
  ApiEvent,
  EventFilter,
  HistoryPoint,
  MetricsUpdate,
  RealtimeAnswer,
  StatsAnswer,
  Trend,
} from "../../../src/api/data.ts";
import type {
  BundleMade,
  Readiness,
  ReloadResult,
  SmbAnswer,
  TopProcesses,
} from "../../../src/api/data_agent.ts";
import type { MetricFamily } from "../../../src/api/prometheus.ts";
import type { SelfStats } from "../../../src/api/self_stats.ts";
import { MetricDetection } from "../../../src/detect/metrics/detection.ts";
import { trendOf } from "../../../src/detect/trends/trend.ts";
import { EventBus } from "../../../src/stream/bus.ts";
import { eventIds, metricEvent, metricPoints } from "../../../src/stream/bus_event.ts";
import { RecentEvents } from "../../../src/stream/recent_events.ts";
import { SeriesStore } from "../../../src/stream/series.ts";

/** A Friday in 2023: nothing depends on the day. */
export const BEGIN_SEC = 1_702_900_000;

/** The data of a small host. */
export class TestData implements ApiData {
  readonly bus = new EventBus({ buffer_size: 10_000, on_full: "drop_oldest" });
  readonly series = new SeriesStore({ points: 1000, keys: 500 });
  readonly recent = new RecentEvents(5000);
  readonly nextId = eventIds(1);
  readonly eventListeners = new Set<(event: ApiEvent) => void>();
  readonly metricListeners = new Set<(update: MetricsUpdate) => void>();
  readiness: Readiness = { ready: true, parts: [{ name: "collectors", ok: true, reason: null }] };
  reloadResult: ReloadResult = {
    ok: true,
    changes: [{ path: "watch_interval_sec", from: "1", to: "2", restart: false }],
  };
  snapshotResult: BundleMade | Error = {
    id: "1702943456123456789",
    bytes: 4711,
    verdict: "nothing is wrong",
  };
  moreFamilies: MetricFamily[] = [];
  realtimeCalls = 0;

  constructor(readonly dir = "/nonexistent") {}

  /** Publishes an event, as tracers and detectors do. */
  publish(event: Omit<ApiEvent, "event_id" | "timestamp"> & { timestamp?: number }): ApiEvent {
    const made = { event_id: this.nextId(), timestamp: BEGIN_SEC, ...event };
    this.bus.publish(made);
    this.recent.add(made);
    for (const listener of this.eventListeners) listener(made);
    return made;
  }

  /** Adds a sample, as collectors do. */
  sample(timestamp: number, values: Record<string, number>): void {
    const points = Object.entries(values).map(([key, value]) => ({ key, value }));
    const event = metricEvent(this.nextId(), "collector::cpu", timestamp, points);
    this.bus.publish(event);
    for (const { key, value } of metricPoints(event)) this.series.add(key, timestamp, value);
    for (const listener of this.metricListeners) listener({ timestamp, values });
  }

  /** A few minutes of the metrics of a host, and some events. */
  fill(seconds = 120): this {
    for (let i = 0; i < seconds; i++) {
      this.sample(BEGIN_SEC + i, {
        "cpu.total": 20 + 5 * Math.sin(i / 7),
        "memory.virtual": 8_192_000_000 + i * 4096,
        "disk.sda.read_bytes_delta": (i % 5) * 1024,
      });
    }
    for (let i = 0; i < 30; i++) {
      this.publish({
        event_type: "syscall",
        source: "eBPF::syscall_tracer",
        pid: 1000 + i,
        comm: "python3",
        timestamp: BEGIN_SEC + i,
        data: { syscall_nr: 1, syscall_name: "write", latency_ns: 5423, latency_us: 5.423 },
      });
    }
    this.publish({
      event_type: "anomaly",
      source: "ml::anomaly_detector",
      data: { metric_key: "cpu.total", value: 95.2, mean: 24.1, z_score: 3.8, method: "z_score" },
    });
    return this;
  }

  realtime(): RealtimeAnswer {
    this.realtimeCalls++;
    const metrics = this.series.keys().map((key) => [key, this.series.summary(key)]);
    return {
      timestamp: BEGIN_SEC + 1000.5,
      metrics: Object.fromEntries(metrics),
      processor_stats: this.stats().processor,
    };
  }

  history(key: string, seconds: number): HistoryPoint[] | null {
    const newest = this.series.latest(key);
    if (newest === null) return null;
    const { timestamps, values } = this.series.range(key, newest.timestamp - seconds);
    const metadata = { metric_type: "utilization", unit: "%" };
    return [...timestamps].map((timestamp, i) => ({ timestamp, value: values[i], metadata }));
  }

  anomalies(limit: number): { anomalies: ApiEvent[]; total: number } {
    const { events, total } = this.recent.find({ event_type: "anomaly", limit });
    return { anomalies: events, total };
  }

  trends(): Record<string, Trend> {
    const trends: Record<string, Trend> = {};
    for (const key of this.series.keys()) {
      const { timestamps, values } = this.series.range(key, 0);
      const trend = trendOf(timestamps, values);
      if (trend === null) continue;
      const { points: _points, ...rest } = trend;
      trends[key] = rest;
    }
    return trends;
  }

  events(filter: EventFilter): { events: ApiEvent[]; total: number } {
    return this.recent.find(filter);
  }

  stats(): StatsAnswer {
    const event_bus = this.bus.stats();
    const processor = {
      total_events_processed: event_bus.total_events,
      active_metrics: this.series.size,
      process_cache_size: 0,
      event_history_size: this.recent.size,
    };
    const self: SelfStats = {
      cpu_percent: 0.4,
      rss_bytes: 101_000_000,
      budget: { cpu_percent: 10, rss_mb: 512, shed: [] },
      subscribers: this.bus.subscribers(),
      detection: new MetricDetection().counts(),
      history: null,
      bpf: {
        counting: "sampled",
        counted_sec: 1,
        reason: null,
        programs: [{
          ...{
            object: "smb",
            program: "fe_mid_alloc",
            run_time_ns: 4711,
            run_count: 10,
            missed: 0,
          },
        }],
      },
    };
    return { event_bus, processor, self };
  }

  smb(): SmbAnswer {
    return {
      timestamp: BEGIN_SEC,
      probe: { state: "attached", reason: null },
      in_flight: 2,
      hung: 0,
      under_way: [{
        ...{ id: "7", server: "fileserver", share: "\\\\fileserver\\data", command: "READ" },
        ...{ age_ms: 12.5, state: "under_way", pid: 1000, comm: "cp", file: "report.ods" },
      }, {
        ...{ id: "6", server: "fileserver", share: "", command: "CHANGE_NOTIFY" },
        ...{ age_ms: 60_000, state: "waiting", pid: 900, comm: "nautilus", file: "" },
      }],
      bounds_ms: [1, 10, 100],
      latency: [{
        server: "fileserver",
        share: "\\\\fileserver\\data",
        command: "READ",
        count: 6,
        errors: 1,
        sum_ms: 220.5,
        p50_ms: 1,
        p90_ms: 100,
        p99_ms: 100,
        max_ms: 180,
        counts: [4, 1, 0, 1],
      }],
      errors: [{ code: "STATUS_ACCESS_DENIED", command: "READ", server: "fileserver", count: 1 }],
      sessions: [{ server: "fileserver", credits: 512 }],
    };
  }

  processes(): TopProcesses {
    const row = { pid: 1, comm: "systemd", cpu_percent: 0.1 };
    return { timestamp: BEGIN_SEC, by_cpu: [row], by_memory: [row] };
  }

  status(): Record<string, unknown> {
    return { version: "0.1.0", session: 18_446_744_073_709_551_615n };
  }

  ready(): Readiness {
    return this.readiness;
  }

  families(): MetricFamily[] {
    const [{ server, share, command, counts }] = this.smb().latency;
    return [
      {
        name: "aod_cpu_total_ratio",
        help: "Time not idle.",
        type: "gauge",
        samples: [{ labels: {}, value: 0.25 }],
      },
      {
        name: "aod_smb_request_duration_seconds",
        help: 'Time of a request, with a \\ and a "quote"\nin two lines.',
        type: "histogram",
        samples: [{
          labels: { server, share, command },
          bounds: [0.001, 0.01, 0.1],
          counts,
          sum: 0.2205,
        }],
      },
      ...this.moreFamilies,
    ];
  }

  outputDir(): string {
    return this.dir;
  }

  snapshot(): Promise<BundleMade> {
    const { snapshotResult } = this;
    if (snapshotResult instanceof Error) return Promise.reject(snapshotResult);
    return Promise.resolve(snapshotResult);
  }

  reload(): Promise<ReloadResult> {
    return Promise.resolve(this.reloadResult);
  }

  onEvent(listener: (event: ApiEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => void this.eventListeners.delete(listener);
  }

  onMetrics(listener: (update: MetricsUpdate) => void): () => void {
    this.metricListeners.add(listener);
    return () => void this.metricListeners.delete(listener);
  }
}
