/**
 * What the page knows. Views read it and are drawn again after a change, a few times a second at most.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { BusStats } from "../../../stream/bus.ts";
import type { MetricsUpdate, Trend } from "../../data.ts";
import type { SmbAnswer, TopProcesses } from "../../data_agent.ts";
import type { AnomalyView } from "../logic/anomaly_view.ts";
import { EventList } from "../logic/event_list.ts";
import { type Point, PointRing } from "../logic/points.ts";
import { type SmbInterval, SmbWindow } from "../logic/smb_window.ts";
import type { Json } from "../logic/status_parts.ts";
import type { Phase } from "../logic/stream_state.ts";

/** Whether the agent knows who looks at the page. */
export type Session = "unknown" | "signed_out" | "signed_in";

/** A sealed bundle, as the list of bundles has it. */
export interface BundleView {
  /** 19 digits. */
  id: string;
  /** The anomaly's name. */
  name: string;
  /** The verdict for people. */
  verdict: string;
  /** Its size; null where it is not told. */
  bytes: number | null;
}

/** An hour at one point a second. */
const POINTS = 3600;
/** Between two drawings. */
const DRAW_MS = 150;
/** Series kept; the rest of the keys is shown by no chart. */
const SERIES = 500;

/** Everything the views show. */
export class Store {
  /** See Session. */
  session: Session = "unknown";
  /** Of the stream of metrics, whose state the page tells. */
  phase: Phase = "connecting";
  /** Failed tries since it was live. */
  failures = 0;
  /** Of the agent, seconds since the epoch: its clock is that of all data. */
  now_sec: number = Date.now() / 1000;
  /** How much time the charts show. */
  range_sec = 300;
  /** `GET /status`. */
  status: Json = {};
  /** Whether there was one yet. */
  hasStatus = false;
  /** `GET /stats`. */
  bus: BusStats | null = null;
  /** `GET /smb`. */
  smb: SmbAnswer | null = null;
  /** Of readings of it. */
  readonly smbWindow: SmbWindow = new SmbWindow();
  /** For the chart of latency. */
  intervals: SmbInterval[] = [];
  /** `GET /processes`. */
  processes: TopProcesses | null = null;
  /** `GET /trends`. */
  trends: Record<string, Trend> = {};
  /** Newest first. */
  anomalies: AnomalyView[] = [];
  /** Whether they were read. */
  hasAnomalies = false;
  /** Newest first. */
  bundles: BundleView[] = [];
  /** Recent events. */
  readonly events: EventList = new EventList(300, 40);
  /** Units by key, where the agent told them. */
  readonly units: Map<string, string> = new Map();
  /** The last failure of a request, "" for none. */
  problem = "";
  readonly #series = new Map<string, PointRing>();
  readonly #listeners = new Set<() => void>();
  #willDraw = false;
  #clocked = false;

  /** Every key that has points. */
  get keys(): string[] {
    return [...this.#series.keys()].sort();
  }

  #ring(key: string): PointRing | null {
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= SERIES) return null;
    const ring = new PointRing(POINTS);
    this.#series.set(key, ring);
    return ring;
  }

  /** Takes an update of the stream. */
  addMetrics({ timestamp, values }: MetricsUpdate): void {
    for (const [key, value] of Object.entries(values)) this.#ring(key)?.push(timestamp, value);
    // Before the first update the browser's clock stood in for the agent's.
    this.now_sec = this.#clocked ? Math.max(this.now_sec, timestamp) : timestamp;
    this.#clocked = true;
    this.changed();
  }

  /** Takes stored points of one key. */
  addHistory(key: string, points: readonly Point[]): void {
    this.#ring(key)?.merge(points);
    this.changed();
  }

  /** Points of one key within the range shown, with one before it so that the line reaches its edge. */
  points(key: string): Point[] {
    return this.#series.get(key)?.since(this.now_sec - this.range_sec - 5) ?? [];
  }

  /** The newest value of one key, null where there is none. */
  latest(key: string): number | null {
    return this.#series.get(key)?.last?.value ?? null;
  }

  /** Sets fields and has the views drawn. */
  set(fields: Partial<Store>): void {
    Object.assign(this, fields);
    this.changed();
  }

  /** Has the views drawn soon: a flood of events must not keep the browser busy. */
  changed(): void {
    if (this.#willDraw) return;
    this.#willDraw = true;
    // A hidden page draws nothing: its frames wait until it is seen.
    setTimeout(() => requestAnimationFrame(() => this.#draw()), DRAW_MS);
  }

  #draw(): void {
    this.#willDraw = false;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after changes until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Draws the calling component again after every change. */
export function useStore(store: Store): void {
  const [, draw] = useState(0);
  useEffect(() => store.subscribe(() => draw((count) => count + 1)), [store]);
}
