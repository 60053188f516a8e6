/**
 * Anomalies on their way from the watcher to the collector. Each is kept until the collector has
 * accepted it, so that a replaced collector gets again what its predecessor did not accept.
 * Bounded; the ledger is exact: received = acknowledged + dropped + waiting. Metric anomalies have a
 * share of their own, in the queue and of what is with the collector, so that they take no place of an
 * SMB anomaly.
 * @module
 */
import type { Anomaly } from "../detect/anomaly.ts";

/** Bounds of the queue. */
export interface AnomalyQueueOptions {
  /** Most anomalies kept. */
  capacity: number;
  /** Most that are with the collector and not yet accepted. */
  window: number;
  /** Collectors an anomaly is given to before it is held to be what kills them. */
  max_attempts: number;
  /** Most metric anomalies kept, of `capacity`. */
  metric_capacity: number;
  /** Most of them that are with the collector, beside `window` of the others. */
  metric_window: number;
}

/** Bounds of the running agent. */
export const DEFAULT_ANOMALY_QUEUE: AnomalyQueueOptions = {
  capacity: 256,
  window: 8,
  max_attempts: 3,
  metric_capacity: 16,
  metric_window: 2,
};

interface Entry {
  anomaly: Anomaly;
  received_ms: number;
  sent: boolean;
  attempts: number;
}

/** What the queue has done so far. */
export interface AnomalyLedger {
  /** Taken from the watcher. */
  received: number;
  /** Accepted by a collector. */
  acknowledged: number;
  /** Sent again to a successor. */
  resent: number;
  /** Given up for want of room. */
  dropped_full: number;
  /** Given up after ending too many collectors. */
  dropped_attempts: number;
  /** In the queue now. */
  waiting: number;
}

/** Keeps anomalies until they are accepted. Pure: sending is the caller's function. */
export class AnomalyQueue {
  readonly #options: AnomalyQueueOptions;
  readonly #entries = new Map<string, Entry>();
  #send: ((anomaly: Anomaly) => void) | null = null;
  #ledger = { received: 0, acknowledged: 0, resent: 0, dropped_full: 0, dropped_attempts: 0 };

  /** An empty queue. */
  constructor(options: Partial<AnomalyQueueOptions> = {}) {
    this.#options = { ...DEFAULT_ANOMALY_QUEUE, ...options };
  }

  /** The figures now. */
  ledger(): AnomalyLedger {
    return { ...this.#ledger, waiting: this.#entries.size };
  }

  /** What is not yet accepted, oldest first. */
  pending(): Anomaly[] {
    return Array.from(this.#entries.values(), (entry) => entry.anomaly);
  }

  /** Whether this one waits. */
  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /**
   * Takes an anomaly in. When full, the oldest metric anomaly makes room, then the oldest burst;
   * emergencies go last. What is with the collector stays: it would be collected, or counted there,
   * besides being given up here.
   * @returns the anomaly that was given up, if any
   */
  push(anomaly: Anomaly, now_ms: number): Anomaly | null {
    if (this.#entries.has(anomaly.id)) return null;
    this.#ledger.received++;
    this.#entries.set(anomaly.id, { anomaly, received_ms: now_ms, sent: false, attempts: 0 });
    const dropped = this.#victim(anomaly);
    if (dropped !== null) {
      this.#entries.delete(dropped.id);
      this.#ledger.dropped_full++;
    }
    this.#pump();
    return dropped;
  }

  /** Who goes now that this one has come; null where there is room for all. */
  #victim(newest: Anomaly): Anomaly | null {
    const all = [...this.#entries.values()];
    const metrics = all.filter(isMetric);
    const { capacity, metric_capacity } = this.#options;
    const isFull = all.length > capacity;
    // The newest is not sent yet: of too many metric anomalies there is always one that can go.
    if (metrics.length > metric_capacity || (isFull && metrics.some((e) => !e.sent))) {
      return metrics.find((e) => !e.sent)?.anomaly ?? newest;
    }
    if (!isFull) return null;
    const others = all.filter((e) => e.anomaly !== newest);
    const kept = others.filter((e) => !e.sent);
    const entries = kept.length > 0 ? kept : others;
    return (entries.find((e) => e.anomaly.reason === "count") ?? entries[0] ?? all[0]).anomaly;
  }

  /** The collector has it. Returns how long it was here in ms, or null when it is not known. */
  accepted(id: string, now_ms: number): number | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#entries.delete(id);
    this.#ledger.acknowledged++;
    this.#pump();
    return now_ms - entry.received_ms;
  }

  /**
   * A collector is ready: everything waiting goes to it, the unaccepted of its predecessor first.
   * @returns anomalies given up because too many collectors ended while they had them
   */
  attach(send: (anomaly: Anomaly) => void): Anomaly[] {
    this.#send = send;
    const given_up: Anomaly[] = [];
    for (const entry of [...this.#entries.values()]) {
      if (!entry.sent) continue;
      entry.sent = false;
      if (entry.attempts < this.#options.max_attempts) {
        this.#ledger.resent++;
        continue;
      }
      this.#entries.delete(entry.anomaly.id);
      this.#ledger.dropped_attempts++;
      given_up.push(entry.anomaly);
    }
    this.#pump();
    return given_up;
  }

  /** The collector is gone: keep everything until the next {@linkcode attach}. */
  detach(): void {
    this.#send = null;
  }

  #pump(): void {
    const all = [...this.#entries.values()];
    const metrics = all.filter(isMetric);
    const others = all.filter((entry) => !isMetric(entry));
    const { window, metric_window } = this.#options;
    // After a collector's end they go one by one, so that only the one that ends it again is blamed.
    this.#sendUpTo(others, again(others) ? 1 : window);
    // Those of SMB never wait for one of a metric: which may have ended a collector when it is alone.
    if (!again(metrics)) this.#sendUpTo(metrics, metric_window);
    else if (others.length === 0) this.#sendUpTo(metrics, 1);
  }

  #sendUpTo(entries: readonly Entry[], most: number): void {
    let out = entries.filter(({ sent }) => sent).length;
    for (const entry of entries) {
      if (this.#send === null || out >= most) return;
      if (entry.sent) continue;
      entry.sent = true;
      entry.attempts++;
      out++;
      this.#send(entry.anomaly);
    }
  }
}

/** Whether one of them was with a collector that has ended. */
function again(entries: readonly Entry[]): boolean {
  return entries.some(({ attempts, sent }) => attempts > (sent ? 1 : 0));
}

function isMetric({ anomaly }: Entry): boolean {
  return anomaly.type === "metric";
}
