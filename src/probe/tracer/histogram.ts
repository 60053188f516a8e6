/**
 * Histograms by powers of two, as the tracers' BPF programs count them: bucket i has the values from
 * 2^i on, below 2^(i+1); bucket 0 has 0 too, and the last one all that is larger.
 * @module
 */

/** Counts by bucket, with the sum of the values (ns, bytes). */
export interface Log2Histogram {
  /** How many values. */
  count: number;
  /** Their sum, in the unit of the values. */
  sum: number;
  /** How many, by bucket. */
  buckets: number[];
}

/** A histogram without values. */
export function emptyHistogram(buckets: number): Log2Histogram {
  return { count: 0, sum: 0, buckets: new Array<number>(buckets).fill(0) };
}

/** The smallest value of a bucket. */
export function bucketFloor(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** bucket;
}

/** Adds `more` to `histogram`, which gets as many buckets as the longer one has. */
export function addHistogram(histogram: Log2Histogram, more: Log2Histogram): void {
  histogram.count += more.count;
  histogram.sum += more.sum;
  while (histogram.buckets.length < more.buckets.length) histogram.buckets.push(0);
  for (let i = 0; i < more.buckets.length; i++) histogram.buckets[i] += more.buckets[i];
}

/** The mean; NaN where there is no value. Exact, for the sum is. */
export function histogramMean({ count, sum }: Log2Histogram): number {
  return count === 0 ? NaN : sum / count;
}

/**
 * The value at quantile `q` (0 to 1), NaN where there is no value. Within its bucket it is told by
 * the rank, so it is off by less than a factor of two; of the last bucket only the floor is known.
 */
export function histogramQuantile({ count, buckets }: Log2Histogram, q: number): number {
  if (count === 0) return NaN;
  const rank = Math.min(Math.max(q, 0), 1) * count;
  let below = 0;
  for (let i = 0; i < buckets.length; i++) {
    const here = buckets[i];
    if (here === 0 || below + here < rank) {
      below += here;
      continue;
    }
    const floor = bucketFloor(i);
    if (i === buckets.length - 1) return floor;
    return floor + (2 ** (i + 1) - floor) * Math.max(0, rank - below) / here;
  }
  return bucketFloor(buckets.findLastIndex((n) => n > 0));
}
