/**
 * In which order the rounds run. Each pair is a round without and one with the agent, next to each
 * other, so that what changes slowly (caches, other work, temperature) is in both alike; which of the
 * two is first is drawn, and as often the one as the other.
 * @module
 */
import { Random } from "../../detect/metrics/random.ts";

/** The two kinds of rounds. */
export type Side = "baseline" | "with_aod";

/** One round of the plan. */
export interface PlannedRound {
  /** From 1. */
  pair: number;
  /** Whether the agent runs. */
  side: Side;
}

/**
 * The rounds in their order: of `pairs` pairs half begin with the baseline, the rest with the agent;
 * of an odd number it is drawn which begins once more.
 */
export function planRounds(pairs: number, seed: number): PlannedRound[] {
  const random = new Random(seed);
  const extra = random.unit() < 0.5;
  const baselineFirst = Array.from({ length: pairs }, (_, i) => {
    if (i === pairs - 1 && pairs % 2 === 1) return extra;
    return i % 2 === 0;
  });
  for (let i = pairs - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [baselineFirst[i], baselineFirst[j]] = [baselineFirst[j], baselineFirst[i]];
  }
  return baselineFirst.flatMap((first, i): PlannedRound[] => {
    const sides: Side[] = first ? ["baseline", "with_aod"] : ["with_aod", "baseline"];
    return sides.map((side) => ({ pair: i + 1, side }));
  });
}
