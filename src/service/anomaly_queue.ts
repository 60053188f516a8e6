/**
 * Anomalies on their way from the watcher to the collector. Each is kept until the collector has
 * accepted it, so that a replaced collector gets again what its predecessor did not accept.
 * Bounded; the ledger is exact: received = acknowledged + dropped + waiting.
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
}

/** Bounds of the running agent. */
export const DEFAULT_ANOMALY_QUEUE: AnomalyQueueOptions = {
  capacity: 256,
  window: 8,
  max_attempts: 3,
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
  constructor(options: AnomalyQueueOptions = DEFAULT_ANOMALY_QUEUE) {
    this.#options = options;
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
   * Takes an anomaly in. When full, the oldest burst makes room; emergencies go last. What is with the
   * collector stays: it would be collected, or counted there, besides being given up here.
   * @returns the anomaly that was given up, if any
   */
  push(anomaly: Anomaly, now_ms: number): Anomaly | null {
    if (this.#entries.has(anomaly.id)) return null;
    this.#ledger.received++;
    let dropped: Anomaly | null = null;
    if (this.#entries.size >= this.#options.capacity) {
      const all = [...this.#entries.values()];
      const kept = all.filter((e) => !e.sent);
      const entries = kept.length > 0 ? kept : all;
      const victim = entries.find((e) => e.anomaly.reason === "count") ?? entries[0];
      dropped = victim.anomaly;
      this.#entries.delete(dropped.id);
      this.#ledger.dropped_full++;
    }
    this.#entries.set(anomaly.id, { anomaly, received_ms: now_ms, sent: false, attempts: 0 });
    this.#pump();
    return dropped;
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
    if (this.#send === null) return;
    // After a collector's end they go one by one, so that only the one that ends it again is blamed.
    let again = false;
    for (const entry of this.#entries.values()) again ||= entry.attempts > (entry.sent ? 1 : 0);
    const window = again ? 1 : this.#options.window;
    let out = 0;
    for (const entry of this.#entries.values()) {
      if (entry.sent) {
        out++;
      } else if (out < window) {
        entry.sent = true;
        entry.attempts++;
        out++;
        this.#send(entry.anomaly);
      }
      if (out >= window) return;
    }
  }
}
