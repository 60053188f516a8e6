/**
 * Quantiles of Student's t distribution, for confidence intervals from few points.
 * @module
 */

/**
 * The value that |t| stays below with probability `1 - p`, by Hill's algorithm 396 (Communications of
 * the ACM 13, 1970, p. 619): six digits for five degrees of freedom, more for more, and exact for one
 * and two.
 * @param p probability of both tails together, in (0, 1)
 * @param degrees of freedom, at least 1; need not be whole
 */
export function twoSidedT(p: number, degrees: number): number {
  if (!(p > 0 && p < 1) || !(degrees >= 1)) {
    throw new RangeError(`Cannot give t for p ${p} and ${degrees} degrees of freedom`);
  }
  if (degrees === 1) return 1 / Math.tan(p * Math.PI / 2);
  if (degrees === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const n = degrees;
  const a = 1 / (n - 0.5);
  const b = 48 / a ** 2;
  let c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt(a * Math.PI / 2) * n;
  let x = d * p;
  let y = x ** (2 / n);
  if (y > 0.05 + a) {
    x = normalQuantile(p / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) *
        (n + 1) / (n + 2) + 1 / y;
  }
  return Math.sqrt(n * y);
}

/**
 * Lower quantile of the normal distribution, by Acklam's rational approximation: relative error below
 * 1.2e-9. Only the lower half is needed.
 */
function normalQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q -
              2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783) /
      ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q +
            3.754408661907416) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
            1.383577518672690e2) * r - 3.066479806614716e1) * r + 2.506628277459239) *
    q /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
              6.680131188771972e1) * r - 1.328068155288572e1) * r + 1);
}
