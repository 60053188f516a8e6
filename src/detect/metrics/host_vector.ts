/**
 * The eight metrics that together are the state of a host, gathered from the samples of collectors
 * that look at different times.
 * @module
 */

/** Keys of the eight, in the order of the vector: every Linux host has them. */
export const HOST_VECTOR: readonly string[] = [
  "cpu.total",
  "cpu.iowait",
  "cpu.tasks_blocked",
  "memory.virtual",
  "disk.total.read_bytes_delta",
  "disk.total.write_bytes_delta",
  "network.total.rx_bytes_delta",
  "network.total.tx_bytes_delta",
];

/** With a point of this key comes a new state. */
const CLOCK = HOST_VECTOR.indexOf("cpu.total");
const PLACES = new Map(HOST_VECTOR.map((key, place) => [key, place]));
/** A value older than this, and than three of its intervals, is no longer the state of the host. */
const FRESH_SEC = 15;

/** The newest value of each of the eight. */
export class HostVector {
  readonly #values = new Float64Array(HOST_VECTOR.length);
  readonly #times = new Float64Array(HOST_VECTOR.length).fill(-Infinity);
  readonly #intervals = new Float64Array(HOST_VECTOR.length);

  /**
   * Takes the points of one collector's sample.
   * @returns the state of the host where the sample began a new one (it has `cpu.total`) and nothing
   *   is missing or too old, otherwise null. The array is used again by the next call.
   */
  add(
    sample: { timestamp: number; points: readonly { key: string; value: number }[] },
  ): Float64Array | null {
    const { timestamp, points } = sample;
    let begun = false;
    for (let i = 0; i < points.length; i++) {
      const place = PLACES.get(points[i].key);
      if (place === undefined || !Number.isFinite(points[i].value)) continue;
      const interval = timestamp - this.#times[place];
      this.#intervals[place] = interval > 0 && interval < Infinity ? interval : 0;
      this.#times[place] = timestamp;
      this.#values[place] = points[i].value;
      if (place === CLOCK) begun = true;
    }
    return begun && this.#isComplete(timestamp) ? this.#values : null;
  }

  #isComplete(now: number): boolean {
    return this.#times.every((time, place) =>
      now - time <= Math.max(FRESH_SEC, 3 * this.#intervals[place])
    );
  }
}
