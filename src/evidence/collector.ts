/**
 * The collector: takes anomalies, makes bundles of them, a bounded number at a time. A bundle that
 * cannot be made costs a count and a message; the collector lives on.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { Anomaly, Followup } from "../detect/anomaly.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import type { ActionRecord } from "./actions/record.ts";
import { ActionRunner, type RunnerTotals } from "./actions/runner.ts";
import { Collection, type SealedBundle, type Stage } from "./collection.ts";
import type { ContentsFactory } from "./contents.ts";
import { exists, reasonOf } from "./files.ts";
import type { AskMetrics } from "./host_metrics.ts";
import { addFollowup } from "./followups.ts";
import { type Leftover, recoverLeftovers } from "./leftovers.ts";
import { ID, sealedName } from "./names.ts";
import { type LossCause, NotCollectedError } from "./loss.ts";
import { prepareBatches, RefusedError } from "./output_dir.ts";
import { sleep } from "./sleep.ts";
import { Slots } from "./slots.ts";
import type { StuckChild } from "./stuck.ts";
import { VERDICT_ACTIONS } from "./verdict_actions.ts";
import { versions } from "./versions.ts";

export type { SealedBundle } from "./collection.ts";
export { type LossCause, NotCollectedError } from "./loss.ts";

/** Totals: anomalies taken = sealed + lost by cause + active + waiting. */
export interface CollectorTotals {
  /** Anomalies given to it. */
  anomalies: number;
  /** Those that a crash would not have lost. */
  accepted: number;
  /** Bundles sealed. */
  sealed: number;
  /** Their size together. */
  sealed_bytes: number;
  /** Anomalies without a bundle, by cause. */
  lost: Record<LossCause, number>;
  /** Follow-ups merged into their files. */
  followups: number;
  /** Follow-ups that could not be kept. */
  followups_lost: number;
  /** Leftovers of an earlier life that were dealt with. */
  recovered: number;
}

/** What the collector is given. */
export interface CollectorOptions {
  /** The configuration at the start. */
  config: Config;
  /** The probe at the start, null for none. */
  probe: ProbeHandles | null;
  /** Makes the files that come from records. */
  contents: ContentsFactory;
  /** The bundle's directory and anomaly.json exist: a crash loses it no more. */
  onAccepted?: (id: string) => void;
  /** Told how each action went. */
  onAction?: (id: string, record: ActionRecord) => void;
  /** Takes messages for people. */
  log?: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Children that an earlier collector of this process left behind, stuck in the kernel. */
  stuck?: readonly StuckChild[];
  /** Told of every child that is left behind. */
  onStuck?: (child: StuckChild) => void;
  /** Asks for the host's metrics; absent, nobody has them. */
  metrics?: AskMetrics;
  /** Loss ledger of the hops before, for manifests. */
  ledger?: () => unknown;
  /** Told how far each collection is. */
  onStage?: (id: string, stage: Stage) => void | Promise<void>;
  /** Waits between attempts while the output directory cannot be used. */
  retry_ms?: readonly number[];
}

/** Bundles collected at a time: most of the time each only waits for its tail. */
const MOST_ACTIVE = 16;
/** Anomalies that wait here; the controller keeps more. */
const MOST_WAITING = 64;
/** Metric anomalies have places of their own, so that those of SMB never wait for one of them. */
const MOST_METRIC_ACTIVE = 1;
const MOST_METRIC_WAITING = 8;
const RETRY_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000];

/** Makes bundles. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #slots = new Slots(MOST_ACTIVE);
  readonly #metricSlots = new Slots(MOST_METRIC_ACTIVE);
  readonly #drain = new AbortController();
  readonly #active = new Map<string, Promise<SealedBundle>>();
  readonly #retry_ms: readonly number[];
  #config: Config;
  #probe: ProbeHandles | null;
  #runner: ActionRunner;
  #followups: Promise<void> = Promise.resolve();
  #followupsWaiting = 0;
  /** Totals so far. */
  readonly totals: CollectorTotals = {
    anomalies: 0,
    accepted: 0,
    sealed: 0,
    sealed_bytes: 0,
    lost: { queue_full: 0, no_space: 0, output_dir: 0, failed: 0, draining: 0, duplicate: 0 },
    followups: 0,
    followups_lost: 0,
    recovered: 0,
  };

  /**
   * A collector that waits for anomalies; call {@linkcode start} for its background parts.
   * @param options what it works with
   */
  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#probe = options.probe;
    this.#retry_ms = options.retry_ms ?? RETRY_MS;
    this.#runner = new ActionRunner(
      options.config.collector.max_concurrent_actions,
      options.stuck,
      options.onStuck,
    );
  }

  /** Totals of the actions. */
  get actions(): Readonly<RunnerTotals> {
    return this.#runner.totals;
  }

  /** Bundles being collected or waiting to be. */
  get active(): number {
    return this.#active.size;
  }

  /** Starts what runs between anomalies (packet rings, counters' baselines). */
  async start(): Promise<void> {
    const anomalies = this.#config.guardian.anomalies.flatMap((anomaly) => anomaly.actions);
    const { actions } = this.#config.watcher;
    await this.#runner.useBackgrounds([...anomalies, ...actions, ...VERDICT_ACTIONS]);
  }

  /** A reload: bundles from now on follow the new configuration. */
  async configure(config: Config): Promise<void> {
    this.#config = config;
    await this.start();
  }

  /** The probe was attached or detached. */
  setProbe(probe: ProbeHandles | null): void {
    this.#probe = probe;
  }

  /**
   * Collects one anomaly.
   * @throws {NotCollectedError} when there will be no bundle; it is counted by cause
   */
  async collect(anomaly: Anomaly): Promise<SealedBundle> {
    this.totals.anomalies++;
    const { id } = anomaly;
    if (!ID.test(id)) this.#lose("failed", `Cannot collect: because ${id} is not an id`);
    if (this.#active.has(id)) this.#lose("duplicate", `Cannot collect ${id}: because it is known`);
    const isMetric = anomaly.type === "metric";
    const slots = isMetric ? this.#metricSlots : this.#slots;
    const most = isMetric ? MOST_METRIC_WAITING : MOST_WAITING;
    if (slots.waiting >= most) {
      this.#lose("queue_full", `Cannot collect ${id}: because ${most} anomalies wait`);
    }
    const work = slots.run(() => this.#collect(anomaly));
    this.#active.set(id, work);
    try {
      return await work;
    } finally {
      this.#active.delete(id);
    }
  }

  /** Merges what was counted during a cooldown into the file beside its bundle; in order, bounded. */
  async followup(message: Followup): Promise<void> {
    if (!ID.test(message.id) || this.#followupsWaiting >= 1_000) {
      this.totals.followups_lost++;
      return;
    }
    this.#followupsWaiting++;
    this.#followups = this.#followups.then(async () => {
      try {
        // A few hundred bytes: the reserve of free space is not for them.
        const batches = await prepareBatches(this.#config.aod_output_dir, 0);
        await addFollowup(batches, message, this.#active.has(message.id));
        this.totals.followups++;
      } catch (error) {
        this.totals.followups_lost++;
        this.#log("WARNING", `Cannot keep a follow-up of ${message.id}: ${reasonOf(error)}`);
      } finally {
        this.#followupsWaiting--;
      }
    });
    await this.#followups;
  }

  /** Ends running actions, seals what is there, and refuses what comes after. */
  async drain(): Promise<void> {
    this.#drain.abort();
    await Promise.allSettled([...this.#active.values(), this.#followups]);
    await this.#runner.stop();
  }

  /** Finishes or removes what an earlier life has left. */
  async recoverLeftovers(): Promise<Leftover[]> {
    // Whatever space is left: a leftover takes less once it is sealed or removed.
    const batches = await prepareBatches(this.#config.aod_output_dir, 0);
    const leftovers = await recoverLeftovers(batches, this.#active);
    for (const { name, outcome, detail } of leftovers) {
      this.totals.recovered++;
      const level = outcome === "failed" ? "ERROR" : "INFO";
      this.#log(level, `left by an earlier run: ${name}: ${outcome} ${detail}`.trimEnd());
    }
    return leftovers;
  }

  async #collect(anomaly: Anomaly): Promise<SealedBundle> {
    try {
      return await this.#make(anomaly);
    } catch (error) {
      if (error instanceof NotCollectedError) throw error;
      this.#lose("failed", `Cannot collect ${anomaly.id}: because ${reasonOf(error)}`);
    }
  }

  async #make(anomaly: Anomaly): Promise<SealedBundle> {
    const { id } = anomaly;
    const batches = await this.#prepare(id);
    if (await exists(`${batches}/${sealedName(id)}`)) {
      this.#lose("duplicate", `Cannot collect ${id}: because its bundle is there`);
    }
    const { contents, ledger, onAction } = this.#options;
    const collection = new Collection({
      batches,
      config: this.#config,
      runner: this.#runner,
      contents: contents(this.#config),
      probe: () => this.#probe,
      metrics: this.#config.collectors.enabled ? this.#options.metrics ?? null : null,
      ledger: ledger ?? (() => null),
      versions: versions(),
      drain: this.#drain.signal,
      onStage: (stage) => this.#stage(id, stage),
      onAction: (record) => onAction?.(id, record),
    }, anomaly);
    const bundle = await collection.run();
    this.totals.sealed++;
    this.totals.sealed_bytes += bundle.bytes;
    return bundle;
  }

  #stage(id: string, stage: Stage): void | Promise<void> {
    if (stage === "anomaly") {
      this.totals.accepted++;
      this.#options.onAccepted?.(id);
    }
    return this.#options.onStage?.(id, stage);
  }

  /** The directory for bundles; tries again for a while when it cannot be used. */
  async #prepare(id: string): Promise<string> {
    for (let attempt = 0;; attempt++) {
      if (this.#drain.signal.aborted) {
        this.#lose("draining", `Cannot collect ${id}: because the collector is stopping`);
      }
      const { aod_output_dir, cleanup } = this.#config;
      try {
        return await prepareBatches(aod_output_dir, cleanup.min_free_mb);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        if (attempt >= this.#retry_ms.length) this.#lose(error.refusal, error.message);
        this.#log("WARNING", `${error.message}; trying again`);
        await sleep(this.#retry_ms[attempt], this.#drain.signal);
      }
    }
  }

  #lose(loss: LossCause, message: string): never {
    this.totals.lost[loss]++;
    throw new NotCollectedError(loss, message);
  }

  #log(level: "INFO" | "WARNING" | "ERROR", text: string): void {
    this.#options.log?.(level, text);
  }
}
