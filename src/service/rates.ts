/**
 * Rates of the counters over the last minute: a few samples, taken when the controller ticks.
 * @module
 */
import type { ControlBlock } from "./control.ts";
import type { CounterName } from "./control_names.ts";

/** The counters whose rate `aod status` shows. */
export const RATED: readonly CounterName[] = [
  "dispatcher_records",
  "dispatcher_batches",
  "watcher_records",
  "watcher_counted",
  "watcher_anomalies",
  "collector_sealed",
  "event_log_written",
];

const SAMPLE_MS = 10_000;
const SAMPLES = 7;

/** Keeps up to a minute of samples. */
export class Rates {
  readonly #samples: { at: number; values: number[] }[] = [];

  /** Takes a sample when ten seconds have gone by. */
  tick(now_ms: number, control: ControlBlock): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now_ms - last.at < SAMPLE_MS) return;
    this.#samples.push({ at: now_ms, values: RATED.map((name) => control.get(name)) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** Per second, from the oldest sample to now; empty before the first second is over. */
  perSecond(now_ms: number, control: ControlBlock): Record<string, number> {
    const first = this.#samples[0];
    if (first === undefined || now_ms - first.at < 1000) return {};
    const seconds = (now_ms - first.at) / 1000;
    return Object.fromEntries(RATED.map((name, i) => [
      name,
      Math.round(((control.get(name) - first.values[i]) / seconds) * 1000) / 1000,
    ]));
  }
}
