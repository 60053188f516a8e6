/**
 * How large a difference is beside the ordinary spread of the values, whatever their unit.
 * @module
 */
import type { Summary } from "./summary.ts";

/** Cohen's words for it (Statistical Power Analysis, 1988). */
export type EffectWord = "negligible" | "small" | "medium" | "large";

/**
 * Hedges' g: the difference in pooled standard deviations (Cohen's d), corrected for few values
 * (Hedges 1981, the usual approximation). Null where the values do not vary.
 */
export function hedgesG(baseline: Summary, test: Summary): number | null {
  const df = baseline.samples + test.samples - 2;
  if (df < 1) return null;
  const squares = (baseline.samples - 1) * baseline.standard_deviation ** 2 +
    (test.samples - 1) * test.standard_deviation ** 2;
  const pooled = Math.sqrt(squares / df);
  if (pooled === 0) return null;
  return (test.average - baseline.average) / pooled * (1 - 3 / (4 * df - 1));
}

/** The word for an effect size. */
export function effectWord(g: number): EffectWord {
  const size = Math.abs(g);
  if (size < 0.2) return "negligible";
  if (size < 0.5) return "small";
  return size < 0.8 ? "medium" : "large";
}
