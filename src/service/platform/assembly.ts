/**
 * The platform in its worker: collectors, pipeline, learning, tracers' readers, history and API, put
 * together as the settings say, and put together anew where a reload changes them.
 * @module
 */
import type { Readiness, TopProcesses } from "../../api/data_agent.ts";
import type { MetricFamily } from "../../api/prometheus.ts";
import { HOST, type Sample } from "../../collect/collector.ts";
import { KeyDescriber } from "../../collect/describe.ts";
import { COLLECTOR_METRICS, COLLECTORS } from "../../collect/registry.ts";
import { CollectorRunner } from "../../collect/runner.ts";
import type { MetricAnomaly } from "../../detect/metrics/metric_anomaly.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import type { ControlBlock } from "../control.ts";
import type { AgentLink } from "./agent_link.ts";
import { ApiPart } from "./api_part.ts";
import { PlatformData } from "./api_data.ts";
import { Budget, type BudgetPace, type Sheddable } from "./budget.ts";
import { controlFamilies, hostFamilies, smbFamilies } from "./families.ts";
import type { MetricsAnswer, MetricsRequest } from "../../evidence/host_metrics.ts";
import type { FromWorker } from "../messages.ts";
import { HistoryPart } from "./history_part.ts";
import { Learning } from "./learning.ts";
import type { PlatformReport, PlatformSettings, PlatformWork, SmbNotice } from "./messages.ts";
import { MetricAnomalies } from "./metric_anomalies.ts";
import { noticeEvent } from "./notice.ts";
import { OWN_METRICS } from "./own_metrics.ts";
import { Pipeline } from "./pipeline.ts";
import { dashboardFiles } from "./page_files.ts";
import { readiness } from "./readiness.ts";
import { SelfObservation } from "./self.ts";
import { SmbPart } from "./smb_part.ts";
import { TracerReaders } from "./tracer_readers.ts";
import { limitOfKey, TrendView } from "./trend_view.ts";

/** What the worker gives it. */
export interface PlatformHost {
  /** Counters and gauges of the agent. */
  control: ControlBlock;
  /** The main thread. */
  link: AgentLink;
  /** How often the agent's cost is measured, and how soon that has consequences. */
  pace: BudgetPace;
  /** Logs a line. */
  log: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Something changed that the report shows. */
  changed: () => void;
  /** Sends an anomaly of a metric, and what comes after it. */
  send: (message: FromWorker) => void;
  /** What the budget leaves running has changed. */
  shed: (parts: readonly Sheddable[]) => void;
}

const nowSec = () => Date.now() / 1000;

/** All parts. */
export class Platform {
  readonly #host: PlatformHost;
  readonly #describer = new KeyDescriber([...COLLECTOR_METRICS, ...OWN_METRICS]);
  readonly #self: SelfObservation;
  readonly #budget: Budget;
  readonly #smb: SmbPart;
  readonly #anomalies: MetricAnomalies;
  readonly #tracers: TracerReaders;
  readonly #history: HistoryPart;
  readonly #api: ApiPart;
  readonly #timer: ReturnType<typeof setInterval>;
  #work: PlatformWork;
  #probe: ProbeHandles | null = null;
  #pipeline: Pipeline;
  #runner: CollectorRunner | null = null;
  #learning: Learning | null = null;
  #trends: TrendView | null = null;
  #processes: TopProcesses = { timestamp: 0, by_cpu: [], by_memory: [] };

  /** Nothing runs before `apply`. */
  constructor(host: PlatformHost, work: PlatformWork) {
    const { log } = host;
    this.#host = host;
    this.#work = work;
    this.#budget = new Budget(work.settings.budget, host.pace);
    this.#pipeline = new Pipeline(pipelineOptions(work.settings));
    const warn = (text: string) => log("WARNING", text);
    this.#smb = new SmbPart(warn);
    this.#anomalies = new MetricAnomalies({
      send: host.send,
      describer: this.#describer,
      families: COLLECTOR_METRICS.map(({ key }) => key),
      warn,
    });
    this.#tracers = new TracerReaders({ pipeline: () => this.#pipeline, log: warn });
    this.#history = new HistoryPart({ log, changed: host.changed });
    this.#api = new ApiPart({
      data: new PlatformData({
        pipeline: () => this.#pipeline,
        stored: () => this.#history.open,
        trends: () => this.#trends,
        describer: this.#describer,
        link: host.link,
        processes: () => this.#processes,
        smb: async () => this.#smb.answer(await host.link.status(), this.#work.settings.hung_ms),
        families: () => this.#families(),
        self: () => this.#self.stats(),
        ready: () => this.#ready(),
        outputDir: () => this.#work.settings.aod_output_dir,
        now_sec: nowSec,
      }),
      start: async (options, data) => (await import("../../api/server.ts")).startApi(options, data),
      token: async (path) => (await import("../../api/token_file.ts")).readOrMakeToken(path),
      page: dashboardFiles,
      log,
      changed: host.changed,
    });
    this.#self = new SelfObservation({
      control: host.control,
      link: host.link,
      pipeline: () => this.#pipeline,
      learning: () => this.#learning,
      history: () => this.#history.open,
      api: this.#api,
      smbMissed: () => this.#smb.missed,
      budget: () => ({ ...this.#work.settings.budget, shed: this.#budget.shed }),
      runTime: () => this.#work.settings.ebpf.run_time,
    });
    this.#timer = setInterval(() => this.#measureSelf(), host.pace.look_ms);
  }

  /** Puts work in force. */
  async apply(work: PlatformWork): Promise<void> {
    const before = this.#work.settings;
    const { settings } = this.#work = work;
    if (sizesOf(before) !== sizesOf(settings)) this.#replacePipeline(settings);
    if (this.#budget.limit(settings.budget)) {
      this.#host.log("INFO", "the budget has changed: what was shed is taken up again");
      this.#host.shed([]);
    }
    this.#anomalies.configure(settings.triggers);
    if (work.probe?.maps.smb_recorder !== this.#probe?.maps.smb_recorder) {
      this.#smb.follow(this.#probe = work.probe);
    }
    // What is stored is older than what comes.
    await this.#history.apply(settings, this.#pipeline);
    this.#applyParts();
    await this.#api.apply(settings);
  }

  /** What SMB detection found. */
  smbNotice(notice: SmbNotice): void {
    this.#pipeline.publish(noticeEvent(notice));
  }

  /** The host's metrics for a bundle. */
  metrics(request: MetricsRequest): MetricsAnswer {
    return this.#anomalies.answer(request, this.#pipeline.series);
  }

  /** How everything is. */
  report(): PlatformReport {
    return {
      seq: this.#work.seq,
      collectors: this.#runner?.names ?? [],
      tracers: this.#tracers.names,
      detectors: this.#learning?.detectors ?? [],
      trends: this.#trends !== null,
      history: this.#history.open !== null,
      api: this.#api.urls,
      shed: [...this.#budget.shed],
      faults: this.#faults(),
    };
  }

  /** Writes what waits and ends everything. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#self.close();
    this.#runner?.stop();
    this.#tracers.apply({});
    this.#smb.close();
    this.#pipeline.close();
    this.#learning?.close();
    this.#anomalies.close();
    this.#history.close();
    await this.#api.close();
  }

  /** What the settings want and the budget allows. */
  #applyParts(): void {
    const { settings, tracers } = this.#work;
    const { collectors, ml } = settings;
    const allowed = (part: Sheddable) => !this.#budget.shed.includes(part);
    this.#tracers.apply(allowed("tracers") ? tracers : {});
    const learns = ml.enabled && allowed("ml");
    if (!learns || this.#learning?.learnsBy(ml) === false) {
      this.#learning?.close();
      this.#learning = null;
    }
    const found = (anomaly: MetricAnomaly) => this.#anomalies.found(anomaly);
    if (learns) this.#learning ??= new Learning(this.#pipeline, ml, this.#describer, found);
    if (!learns || !ml.enable_trend_prediction) this.#trends = null;
    else {
      const stored = () => this.#history.open;
      this.#trends ??= new TrendView(() => this.#pipeline.series, limitOfKey, nowSec, stored);
    }
    if (!collectors.enabled || !allowed("collectors")) {
      this.#runner?.stop();
      this.#runner = null;
    } else if (this.#runner === null) this.#startCollectors();
    else this.#runner.setIntervals(collectors);
  }

  #startCollectors(): void {
    this.#runner = new CollectorRunner({
      collectors: COLLECTORS,
      intervals: this.#work.settings.collectors,
      env: HOST,
      onSample: (name, sample) => this.#sampled(name, sample),
      onError: (name, reason) => this.#host.log("WARNING", `collector ${name}: ${reason}`),
    });
    this.#runner.start();
  }

  #sampled(name: string, { timestamp, points, tables }: Sample): void {
    this.#pipeline.measured(`collector::${name}`, timestamp, points);
    const rows = (table: string) => (tables?.[table] ?? []) as Record<string, unknown>[];
    if (name === "process" && tables !== undefined) {
      this.#processes = { timestamp, by_cpu: rows("by_cpu"), by_memory: rows("by_memory") };
    }
    if (name === "smb") this.#smb.sessions = rows("sessions");
  }

  /** Another size of the bus or of the series: the values go on in new ones. */
  #replacePipeline(settings: PlatformSettings): void {
    const before = this.#pipeline;
    before.close();
    this.#learning?.close();
    this.#learning = null;
    const pipeline = new Pipeline(pipelineOptions(settings));
    pipeline.inherit(before);
    this.#pipeline = pipeline;
  }

  #measureSelf(): void {
    const cost = this.#self.measure(nowSec());
    const change = this.#budget.judge(cost, performance.now() / 1000);
    if (change === null) return;
    const { part, shed, reason } = change;
    this.#host.log("WARNING", `${part} ${shed ? "shed" : "taken up again"}: ${reason}`);
    this.#applyParts();
    this.#host.shed(this.#budget.shed);
    this.#host.changed();
  }

  async #families(): Promise<MetricFamily[]> {
    return [
      ...await this.#self.families(),
      ...hostFamilies(this.#pipeline.series, this.#describer),
      ...smbFamilies(this.#smb.figures()),
      ...this.#tracers.families(),
      ...controlFamilies(this.#host.control),
    ];
  }

  #faults(): PlatformReport["faults"] {
    const faults = [
      ...this.#work.faults,
      ...this.#tracers.faults,
      ...(this.#runner?.failures() ?? []).map(({ name, reason }) => ({
        part: `collector ${name}`,
        reason,
      })),
    ];
    if (this.#history.fault !== "") faults.push({ part: "history", reason: this.#history.fault });
    if (this.#api.fault !== "") faults.push({ part: "api", reason: this.#api.fault });
    return faults;
  }

  #ready(): Readiness {
    const { settings, tracers_wanted } = this.#work;
    const wanted = [
      ...(settings.collectors.enabled ? ["collector"] : []),
      ...(settings.history.enabled ? ["history"] : []),
      ...(settings.api.enabled ? ["api"] : []),
      ...tracers_wanted,
    ];
    return readiness(wanted, this.#faults());
  }
}

function pipelineOptions({ bus, ml }: PlatformSettings) {
  return { bus, points: ml.history_window_size };
}

function sizesOf(settings: PlatformSettings): string {
  return JSON.stringify(pipelineOptions(settings));
}
