/**
 * What the dashboard's server tells in tests: this host as the real collectors measure it, learned
 * from by the real detectors, with made-up SMB traffic beside it.
 * @module
 */
import type { ApiEvent, HistoryPoint } from "../../../src/api/data.ts";
import type { SmbAnswer, TopProcesses } from "../../../src/api/data_agent.ts";
import { HOST, type Sample } from "../../../src/collect/collector.ts";
import { collectorKeys, COLLECTORS } from "../../../src/collect/registry.ts";
import { CollectorRunner } from "../../../src/collect/runner.ts";
import { TestData } from "../api/data.ts";
import { SmbTraffic } from "./smb_traffic.ts";

const INTERVAL_SEC = 0.5;

/** Measures until it is disposed of. */
export class LiveHost extends TestData implements Disposable {
  /** SMB. */
  readonly traffic: SmbTraffic;
  readonly #keys = collectorKeys();
  readonly #runner: CollectorRunner;
  readonly #began_sec = Date.now() / 1000;
  #top: TopProcesses = { timestamp: 0, by_cpu: [], by_memory: [] };

  /**
   * Measures at once.
   * @param dir output directory with `batches/`
   * @param uptime_sec how long SMB has been watched
   */
  constructor(dir: string, uptime_sec = 600) {
    super(dir);
    this.traffic = new SmbTraffic(this.#began_sec - uptime_sec);
    this.#runner = new CollectorRunner({
      collectors: COLLECTORS.filter(({ name }) => name !== "smb"),
      intervals: {
        cpu_interval: INTERVAL_SEC,
        memory_interval: INTERVAL_SEC,
        disk_interval: INTERVAL_SEC,
        network_interval: INTERVAL_SEC,
        process_interval: 2 * INTERVAL_SEC,
        smb_interval: INTERVAL_SEC,
      },
      env: HOST,
      onSample: (_, sample) => this.#take(sample),
      onError: (name, reason) => console.error(`${name}: ${reason}`),
    });
    this.#runner.start();
  }

  #take({ timestamp, points, tables }: Sample): void {
    this.sample(timestamp, Object.fromEntries(points.map(({ key, value }) => [key, value])));
    if (tables?.by_cpu === undefined) return;
    const rows = (name: string) => (tables[name] ?? []) as Record<string, unknown>[];
    this.#top = { timestamp, by_cpu: rows("by_cpu"), by_memory: rows("by_memory") };
  }

  /** An anomaly of a metric, as detectors publish it. */
  metricAnomaly(metric_key: string, value: number, timestamp = Date.now() / 1000): ApiEvent {
    const data = { metric_key, value, mean: value / 4, z_score: 4.2, method: "z_score" };
    const source = "ml::anomaly_detector";
    return this.publish({ event_type: "anomaly", source, timestamp, data });
  }

  /** An anomaly of SMB with a bundle's id. */
  smbAnomaly(id: string, timestamp = Date.now() / 1000): ApiEvent {
    const data = { id, name: "latency", type: "Latency", reason: "count", count: 12, group: "" };
    return this.publish({ event_type: "anomaly", source: "smb::watcher", timestamp, data });
  }

  override history(key: string, seconds: number): HistoryPoint[] | null {
    const points = super.history(key, seconds);
    const found = this.#keys.of(key)?.descriptor;
    const metadata = { metric_type: found?.metric_type ?? "gauge", unit: found?.unit ?? "" };
    return points?.map((point) => ({ ...point, metadata })) ?? null;
  }

  override smb(): SmbAnswer {
    return this.traffic.answer(Date.now() / 1000);
  }

  override processes(): TopProcesses {
    return this.#top;
  }

  override status(): Record<string, unknown> {
    const running = (name: string) => ({ name, state: "running", restarts: 0 });
    return {
      version: "0.1.0",
      pid: Deno.pid,
      uptime_sec: Date.now() / 1000 - this.#began_sec + 600,
      rss_bytes: 101_000_000,
      probe: { state: "attached", mode: "fentry", reason: "", programs: [] },
      components: ["dispatcher", "watcher", "collector", "platform"].map(running),
      ledger: {
        kernel: { seen: 48_211, emitted: 1204, filtered: 47_007, drop_ring_full: 0, no_start: 0 },
        dispatcher: { records: 1204, queued: 1204, malformed: 0 },
        queue: { in: 1204, out: 1204, dropped_replaced: 0, waiting: 0 },
        watcher: { records: 1204, counted: 37, anomalies: 2, cooled_down: 1 },
        anomalies: { received: 2, acknowledged: 2, resent: 0, dropped_full: 0, waiting: 0 },
        collector: { accepted: 2, sealed: 2, failed: 0, refused_space: 0, dropped_full: 0 },
      },
      bundles: { sealed: 1, bytes: 4711, recent: [] },
      event_log: { state: "off", ledger: { seen: 0, dropped: { ring_full: 0 } } },
    };
  }

  /** Measures no more. */
  [Symbol.dispose](): void {
    this.#runner[Symbol.dispose]();
  }
}
