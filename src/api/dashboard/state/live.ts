/**
 * Keeps the store up to date: two streams, and requests for what has no stream. While the page is
 * hidden only the streams go on.
 * @module
 */
import type { BusStats } from "../../../stream/bus.ts";
import type { ApiEvent, HistoryPoint, MetricsUpdate, Trend } from "../../data.ts";
import type { SmbAnswer, TopProcesses } from "../../data_agent.ts";
import { type AnomalyView, anomalyView } from "../logic/anomaly_view.ts";
import { type Json, numberOf, objectOf, objectsOf, textOf } from "../logic/status_parts.ts";
import { LiveStream } from "../net/live_stream.ts";
import { checkSession, getJson, SignedOut, signOut } from "../net/request.ts";
import type { BundleView, Store } from "./store.ts";

/** Intervals of the charts are kept as long as points: an hour at one in two seconds. */
const INTERVALS = 1800;
const ANOMALIES = 500;
/** Keys whose stored points are read at the start; the server answers one key at a time. */
const BACKFILL =
  /^(?:cpu\.(?:total|iowait|steal|system|user|pressure_some)|memory\.(?:virtual|percent|cached|swap|pressure_some)|disk\.pressure_some|(?:disk|network)\.[^.]+\.(?:read|write|rx|tx)_bytes_delta|network\.total\.rx_(?:drops|errors)_delta|tcp\.retransmits_delta)$/;

interface Poll {
  every_ms: number;
  next_ms: number;
  read(): Promise<void>;
}

/** Reads everything, and goes on. */
export class Live {
  readonly #store: Store;
  readonly #metrics: LiveStream;
  readonly #events: LiveStream;
  readonly #polls: Poll[];
  readonly #bundles: Poll;
  #busy = false;
  /** Of logins: an answer to a request from before the last one says nothing. */
  #round = 0;

  /** Has read nothing yet. */
  constructor(store: Store) {
    this.#store = store;
    this.#metrics = new LiveStream("/metrics/stream", ["metrics"], {
      message: (data) => store.addMetrics(data as MetricsUpdate),
      state: ({ phase, failures }) => {
        const back = phase === "live" && store.phase !== "live";
        store.set({ phase, failures });
        if (phase === "signed_out") this.#signedOut();
        if (back) void this.#refresh();
      },
    });
    this.#events = new LiveStream("/events/stream", ["event"], {
      message: (data) => this.#event(data as ApiEvent),
      state: ({ phase }) => {
        if (phase === "signed_out") this.#signedOut();
      },
    });
    const poll = (every_ms: number, read: () => Promise<void>): Poll => ({
      every_ms,
      next_ms: 0,
      read,
    });
    this.#bundles = poll(30_000, () => this.#readBundles());
    this.#polls = [
      poll(2000, () => this.#readSmb()),
      poll(3000, () => this.#readProcesses()),
      poll(5000, () => this.#readStatus()),
      poll(10_000, () => this.#readTrends()),
      this.#bundles,
      poll(30_000, () => this.#readAnomalies()),
    ];
  }

  /** Ends the session. */
  async signOut(): Promise<void> {
    await this.#guarded(signOut);
    this.#signedOut();
  }

  /** Begins, after a login too. Who is not signed in gets the form and nothing else is asked. */
  async start(): Promise<void> {
    this.#round++;
    await this.#guarded(checkSession);
    if (this.#store.session === "signed_out") return;
    this.#metrics.start();
    this.#events.start();
    await this.#refresh();
  }

  /** After a login. */
  async signedIn(): Promise<void> {
    this.#store.set({ session: "unknown" });
    await this.start();
  }

  /** To be called every second. */
  tick(): void {
    if (this.#store.session === "signed_out") return;
    this.#metrics.tick();
    this.#events.tick();
    if (!document.hidden && this.#store.phase === "live") void this.#readDue();
  }

  async #refresh(): Promise<void> {
    for (const poll of this.#polls) poll.next_ms = 0;
    await this.#readDue();
    await this.#guarded(() => this.#backfill());
  }

  async #readDue(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const now = performance.now();
    for (const poll of this.#polls.filter(({ next_ms }) => next_ms <= now)) {
      poll.next_ms = now + poll.every_ms;
      await this.#guarded(() => poll.read());
    }
    this.#busy = false;
  }

  /** A request that fails is told on the page; the next one may do better. */
  async #guarded(read: () => Promise<void>): Promise<void> {
    const round = this.#round;
    try {
      await read();
      if (this.#store.problem !== "") this.#store.set({ problem: "" });
    } catch (error) {
      if (error instanceof SignedOut) {
        if (round === this.#round) this.#signedOut();
      } // While it reconnects everything fails, and the page says so already.
      else if (this.#store.phase === "live") {
        this.#store.set({ problem: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #signedOut(): void {
    if (this.#store.session === "signed_out") return;
    this.#store.set({ session: "signed_out" });
    this.#metrics.refuse();
    this.#events.refuse();
  }

  async #readSmb(): Promise<void> {
    const smb = await getJson<SmbAnswer>("/smb");
    const interval = this.#store.smbWindow.add(smb);
    const intervals = interval === null
      ? this.#store.intervals
      : [...this.#store.intervals, interval].slice(-INTERVALS);
    this.#store.set({ smb, intervals, session: "signed_in" });
  }

  async #readProcesses(): Promise<void> {
    this.#store.set({ processes: await getJson<TopProcesses>("/processes") });
  }

  async #readStatus(): Promise<void> {
    const status = await getJson<Json>("/status");
    const { event_bus } = await getJson<{ event_bus: BusStats }>("/stats");
    this.#store.set({ status, hasStatus: true, bus: event_bus });
  }

  async #readTrends(): Promise<void> {
    const { trends } = await getJson<{ trends: Record<string, Trend> }>("/trends");
    this.#store.set({ trends });
  }

  async #readBundles(): Promise<void> {
    const { bundles } = await getJson<{ bundles: unknown }>("/bundles");
    this.#store.set({ bundles: objectsOf(bundles).map(bundleView).sort(newestFirst) });
  }

  async #readAnomalies(): Promise<void> {
    const { anomalies } = await getJson<{ anomalies: ApiEvent[] }>("/anomalies?limit=200");
    this.#addAnomalies(anomalies.map(anomalyView));
    this.#store.set({ hasAnomalies: true });
  }

  async #backfill(): Promise<void> {
    const { metrics } = await getJson<{ metrics: Record<string, unknown> }>("/metrics/realtime");
    const keys = Object.keys(metrics).filter((key) => BACKFILL.test(key)).slice(0, 40);
    for (const key of keys) {
      const query = new URLSearchParams({ metric_key: key, seconds: "3600" });
      const { points } = await getJson<{ points: HistoryPoint[] }>(`/metrics/history?${query}`);
      const unit = points.at(-1)?.metadata.unit;
      if (unit !== undefined) this.#store.units.set(key, unit);
      this.#store.addHistory(key, points);
    }
    const { events } = await getJson<{ events: ApiEvent[] }>("/events?limit=200");
    for (const event of events.toReversed()) this.#store.events.add(event);
    this.#store.changed();
  }

  #event(event: ApiEvent): void {
    this.#store.events.add(event);
    const view = anomalyView(event);
    if (event.event_type === "anomaly") this.#addAnomalies([view]);
    // One that fired, or that was sealed: the list of bundles has changed or will soon.
    if (view.bundle !== null) this.#bundles.next_ms = 0;
    this.#store.changed();
  }

  #addAnomalies(views: readonly AnomalyView[]): void {
    const all = new Map([...this.#store.anomalies, ...views].map((view) => [view.id, view]));
    const anomalies = [...all.values()].sort((a, b) => b.timestamp - a.timestamp)
      .slice(0, ANOMALIES);
    this.#store.set({ anomalies });
  }
}

function bundleView(bundle: Json): BundleView {
  const meta = objectOf(bundle.meta);
  return {
    id: textOf(bundle.id),
    name: textOf(meta.name),
    verdict: textOf(meta.verdict_line),
    bytes: numberOf(bundle.bytes),
  };
}

/** Ids are times, all of one length. */
function newestFirst(a: BundleView, b: BundleView): number {
  return a.id < b.id ? 1 : -1;
}
