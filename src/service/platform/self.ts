/**
 * The agent as it observes itself: points every ten seconds, `self` of `/stats`, families for
 * Prometheus. What the main thread knows is asked of it when somebody asks.
 * @module
 */
import type { MetricFamily } from "../../api/prometheus.ts";
import type { SelfStats } from "../../api/self_stats.ts";
import { type Counting, ProgramTime } from "../../bpf/program_time.ts";
import type { BudgetConfig } from "../../config/platform.ts";
import type { MetricHistory } from "../../sink/history/history.ts";
import type { ControlBlock } from "../control.ts";
import type { AgentStatus } from "../status.ts";
import { agentFamilies } from "./agent_families.ts";
import type { AgentLink } from "./agent_link.ts";
import type { ApiPart } from "./api_part.ts";
import { processFamilies, totalFamilies } from "./families.ts";
import type { Learning } from "./learning.ts";
import {
  OWN_SOURCE,
  type OwnCost,
  ownCpuSeconds,
  OwnMetrics,
  type OwnTotals,
} from "./own_metrics.ts";
import type { Pipeline } from "./pipeline.ts";
import { selfFamilies } from "./self_families.ts";

/** The parts that it looks at; those that may change are asked for anew each time. */
export interface SelfSources {
  /** Counters of every thread. */
  control: ControlBlock;
  /** The main thread. */
  link: Pick<AgentLink, "status">;
  /** The pipeline in force. */
  pipeline: () => Pipeline;
  /** Null while it is off. */
  learning: () => Pick<Learning, "counts" | "found"> | null;
  /** Null while it is off. */
  history: () => MetricHistory | null;
  /** Its counts. */
  api: Pick<ApiPart, "counts">;
  /** SMB requests that were not counted. */
  smbMissed: () => number;
  /** In force, and what was shed. */
  budget: () => BudgetConfig & { shed: readonly string[] };
  /** `ebpf.run_time`. */
  runTime: () => Counting;
}

/** See the module. */
export class SelfObservation {
  readonly #sources: SelfSources;
  readonly #own = new OwnMetrics();
  readonly #programs = new ProgramTime();
  #cost: OwnCost;

  /** The first measure of the processor time begins now. */
  constructor(sources: SelfSources) {
    this.#sources = sources;
    this.#cost = this.#own.cost();
  }

  /** Measures, and publishes what it found. */
  measure(now_sec: number): OwnCost {
    const { pipeline, history, api } = this.#sources;
    const cost = this.#cost = this.#own.cost();
    const { bus, series } = pipeline();
    const waiting = bus.subscribers().reduce((sum, subscriber) => sum + subscriber.waiting, 0);
    const counts = history()?.counts();
    const gauges = {
      "aod.bus_waiting": waiting,
      "aod.series": series.size,
      "aod.api_streams_open": api.counts().streams,
      ...(counts === undefined ? {} : { "aod.history_bytes": counts.bytes }),
    };
    this.#programs.apply(this.#sources.runTime());
    if (this.#sources.runTime() === "always") void this.#agent();
    const points = this.#own.points(cost, gauges, this.#totals());
    points.push(...this.#own.programPoints(this.#programs.times()));
    pipeline().measured(OWN_SOURCE, now_sec, points);
    return cost;
  }

  /** `self` of `/stats`. */
  async stats(): Promise<SelfStats> {
    await this.#agent();
    return this.#stats();
  }

  /** For Prometheus. */
  async families(): Promise<MetricFamily[]> {
    const agent = await this.#agent();
    const rss_bytes = Deno.memoryUsage().rss;
    return [
      ...processFamilies({ cpu_seconds: ownCpuSeconds(), rss_bytes }),
      ...agentFamilies(agent),
      ...selfFamilies(this.#stats()),
      ...totalFamilies(this.#platformTotals()),
    ];
  }

  /** The kernel counts no more. */
  close(): void {
    this.#programs.close();
  }

  /** The main thread's answer, null without one; the programs it names are looked at. */
  async #agent(): Promise<AgentStatus | null> {
    this.#programs.apply(this.#sources.runTime());
    try {
      const status = await this.#sources.link.status();
      this.#programs.ask(status.programs);
      return status;
    } catch {
      return null;
    }
  }

  #stats(): SelfStats {
    const { pipeline, learning, history, budget } = this.#sources;
    const { cpu_percent, rss_mb, shed } = budget();
    return {
      cpu_percent: this.#cost.cpu_percent,
      rss_bytes: this.#cost.rss_bytes,
      budget: { cpu_percent, rss_mb, shed: [...shed] },
      subscribers: pipeline().bus.subscribers(),
      detection: learning()?.counts() ?? null,
      history: history()?.counts() ?? null,
      bpf: this.#programs.times(),
    };
  }

  #totals(): OwnTotals {
    const { control, pipeline, learning, history, api } = this.#sources;
    const bus = pipeline().bus.stats();
    const detection = learning()?.counts();
    const stored = history()?.counts();
    const { answered, refused } = api.counts();
    return {
      "aod.bus_events_delta": bus.total_events,
      "aod.bus_dropped_delta": bus.dropped_events,
      ...(detection === undefined ? {} : {
        "aod.detection_points_delta": detection.observed,
        "aod.anomalies_delta": detection.outcomes.report,
        "aod.anomalies_unsaid_delta": detection.outcomes.cooldown + detection.outcomes.rate,
      }),
      ...(stored === undefined ? {} : {
        "aod.history_written_delta": stored.written,
        "aod.history_dropped_delta": Object.values(stored.dropped).reduce((a, b) => a + b, 0),
      }),
      "aod.api_requests_delta": answered,
      "aod.api_refused_delta": refused,
      "aod.smb_records_delta": control.get("dispatcher_records"),
      "aod.smb_anomalies_delta": control.get("watcher_anomalies"),
      "aod.bundles_delta": control.get("collector_sealed"),
      "aod.actions_delta": control.get("collector_actions_run"),
      "aod.actions_failed_delta": control.get("collector_actions_failed"),
      "aod.event_log_written_delta": control.get("event_log_written"),
      "aod.restarts_delta": control.get("controller_restarts"),
    };
  }

  #platformTotals(): Record<string, [string, number]> {
    const { series, recent, bus } = this.#sources.pipeline();
    const { total_events, dropped_events } = bus.stats();
    return {
      platform_events: ["Events published on the bus.", total_events],
      platform_events_dropped: ["Events that a subscriber lost.", dropped_events],
      platform_events_displaced: ["Recent events that gave way.", recent.displaced],
      platform_points_other: ["Points of keys beyond the cap.", series.other],
      platform_points_refused: ["Points without a usable key or value.", series.refused],
      platform_anomalies: ["Anomalies of metrics.", this.#sources.learning()?.found ?? 0],
      platform_smb_missed: ["SMB requests that came too fast to count.", this.#sources.smbMissed()],
    };
  }
}
