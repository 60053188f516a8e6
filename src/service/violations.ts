/**
 * Offences per anomaly since the start, as the watcher tells them.
 * @module
 */

/** Counts by the anomaly's name; as many names as the configuration may have. */
export class Violations {
  #counts = new Map<string, number>();

  /** Only these names are kept from now on; new ones begin at 0. */
  keep(names: readonly string[]): void {
    this.#counts = new Map(names.map((name) => [name, this.#counts.get(name) ?? 0]));
  }

  /** Adds what has come since the last time; names that are not kept count nowhere. */
  add(counts: Readonly<Record<string, number>>): void {
    for (const [name, n] of Object.entries(counts)) {
      const before = this.#counts.get(name);
      if (before !== undefined && Number.isFinite(n)) this.#counts.set(name, before + n);
    }
  }

  /** All of them. */
  all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
