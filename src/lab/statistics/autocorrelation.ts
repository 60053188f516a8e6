/**
 * How much a series of samples really says about its average. Samples a second apart resemble each
 * other: 300 of them are worth far fewer independent ones, and a test that counts them all finds a
 * difference between any two runs. The average of a series varies as that of `n / tau` independent
 * values, tau being the integrated autocorrelation time.
 * @module
 */

/** Longer series are first averaged in blocks of neighbours: the cost is the square of the length. */
const MAX_LENGTH = 20_000;

/**
 * How many independent samples a series is worth, for the variance of its average: from 1 to its
 * length.
 *
 * tau is estimated by Geyer's initial monotone sequence (Practical Markov Chain Monte Carlo, 1992):
 * autocorrelations are added in pairs, as long as the pairs are positive and fall. It is taken as 1
 * at least: that neighbours alternate is no reason to trust a series more.
 */
export function effectiveSamples(values: Float64Array): number {
  const blocks = blockMeans(values, Math.ceil(values.length / MAX_LENGTH));
  return Math.max(1, Math.min(blocks.length / autocorrelationTime(blocks), values.length));
}

/** Averages of `size` neighbours each; what is left over at the end is left out. */
function blockMeans(values: Float64Array, size: number): Float64Array {
  if (size <= 1) return values;
  return Float64Array.from({ length: Math.floor(values.length / size) }, (_, block) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[block * size + i];
    return sum / size;
  });
}

/** tau in samples, at least 1. */
export function autocorrelationTime(values: Float64Array): number {
  const n = values.length;
  const average = values.reduce((sum, value) => sum + value, 0) / n;
  const deviations = values.map((value) => value - average);
  const variance = autocovariance(deviations, 0);
  // Of values that do not vary each says the same.
  if (!(variance > 0)) return 1;
  let tau = -1;
  let before = Infinity;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = (autocovariance(deviations, lag) + autocovariance(deviations, lag + 1)) / variance;
    if (pair <= 0) break;
    before = Math.min(before, pair);
    tau += 2 * before;
  }
  return Math.max(1, tau);
}

/** Divided by n whatever the lag: the sums stay bounded. */
function autocovariance(deviations: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < deviations.length; i++) sum += deviations[i] * deviations[i - lag];
  return sum / deviations.length;
}
