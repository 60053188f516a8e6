/**
 * The regularized incomplete beta function, which Student's t distribution is made of. Own code:
 * what libraries offer brings a hundred packages or a hundred kilobytes for these lines.
 * @module
 */

/** Lanczos' approximation with g = 7, n = 9 (Godfrey): 15 digits. */
const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function for `x >= 0.5`. */
export function logGamma(x: number): number {
  const z = x - 1;
  const t = z + LANCZOS_G + 0.5;
  const sum = LANCZOS.reduce((total, c, i) => i === 0 ? c : total + c / (z + i), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * I_x(a, b) for `0 <= x <= 1` and `a, b >= 0.5`.
 * @param rest 1 - x, for those who know it better: next to 1 the difference has few digits left
 */
export function incompleteBeta(x: number, a: number, b: number, rest = 1 - x): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  // The fraction converges fast on one side of the mean only (Numerical Recipes 6.4).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(rest, b, a, x);
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-rest);
  const logRest = rest < 0.5 ? Math.log(rest) : Math.log1p(-x);
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  return Math.exp(a * logX + b * logRest - logBeta) * continuedFraction(x, a, b) / a;
}

/** Steps after which it has converged for every a and b: about sqrt(max(a, b)) are needed. */
const MAX_STEPS = 10_000;
const EPSILON = 1e-15;
/** In place of 0, by which nothing can be divided. */
const TINY = 1e-300;

/** Lentz's method on the continued fraction DLMF 8.17.22. */
function continuedFraction(x: number, a: number, b: number): number {
  const away = (value: number) => Math.abs(value) < TINY ? TINY : value;
  let c = 1;
  let d = 1 / away(1 - (a + b) * x / (a + 1));
  let result = d;
  for (let m = 1; m <= MAX_STEPS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < EPSILON) break;
  }
  return result;
}
