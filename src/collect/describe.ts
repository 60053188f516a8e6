/**
 * Short forms of descriptors, and the way from a key back to its descriptor.
 * @module
 */
import type { MetricDescriptor, MetricType } from "./collector.ts";

const descriptor = (metric_type: MetricType) =>
(
  key: string,
  unit: string,
  description: string,
): MetricDescriptor => ({
  key,
  unit,
  metric_type,
  description,
});

/** A value that goes up and down. */
export const gauge: (key: string, unit: string, description: string) => MetricDescriptor =
  descriptor("gauge");

/** What a counter grew by since the sample before. */
export const delta: (key: string, unit: string, description: string) => MetricDescriptor =
  descriptor("delta");

/** A mean over what happened since the sample before. */
export const mean: (key: string, unit: string, description: string) => MetricDescriptor =
  descriptor("mean");

/** A share in percent. */
export function share(key: string, description: string): MetricDescriptor {
  return descriptor("utilization")(key, "%", description);
}

/** A key with its descriptor. */
export interface DescribedKey {
  /** Its descriptor. */
  descriptor: MetricDescriptor;
  /** Name of what varies, as "device"; null where the key has nothing that varies. */
  label: string | null;
  /** Its value, as "sda"; "" where the key has nothing that varies. */
  value: string;
}

interface Pattern {
  before: string;
  after: string;
  label: string;
  descriptor: MetricDescriptor;
}

/** Finds descriptors by key; remembers what it found, for as many keys as there may be series. */
export class KeyDescriber {
  readonly #exact = new Map<string, MetricDescriptor>();
  readonly #patterns: Pattern[] = [];
  readonly #found = new Map<string, DescribedKey | null>();
  readonly #limit: number;

  /**
   * A finder for these.
   * @param limit so many keys are remembered
   */
  constructor(metrics: readonly MetricDescriptor[], limit = 4096) {
    this.#limit = limit;
    for (const descriptor of metrics) {
      const match = /^(.*)<(\w+)>(.*)$/.exec(descriptor.key);
      if (match === null) this.#exact.set(descriptor.key, descriptor);
      else {
        const [, before, label, after] = match;
        this.#patterns.push({ before, after, label, descriptor });
      }
    }
    // A name may hold dots: the pattern with the most text of its own is meant.
    const own = ({ before, after }: Pattern) => before.length + after.length;
    this.#patterns.sort((a, b) => own(b) - own(a));
  }

  /** The key's descriptor; null for a key of no pattern. */
  of(key: string): DescribedKey | null {
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#find(key);
    if (this.#found.size < this.#limit) this.#found.set(key, found);
    return found;
  }

  #find(key: string): DescribedKey | null {
    const exact = this.#exact.get(key);
    if (exact !== undefined) return { descriptor: exact, label: null, value: "" };
    for (const { before, after, label, descriptor } of this.#patterns) {
      if (key.length <= before.length + after.length) continue;
      if (!key.startsWith(before) || !key.endsWith(after)) continue;
      return {
        descriptor,
        label,
        value: key.slice(before.length, key.length - after.length),
      };
    }
    return null;
  }
}
