/**
 * The agent's budget: over it for a minute, one optional part is shed, and so on in a fixed order until
 * it is kept; watching SMB is none of them. Well below it for ten minutes, the last one comes back.
 * @module
 */
import type { BudgetConfig } from "../../config/platform.ts";

/** What can be shed, in this order. */
export const SHEDDING = ["tracers", "ml", "collectors"] as const;

/** A part that can be shed. */
export type Sheddable = typeof SHEDDING[number];

/** What the agent costs. */
export interface Cost {
  /** Of one core; null where it is not known yet. */
  cpu_percent: number | null;
  /** Resident memory. */
  rss_bytes: number;
}

/** How slowly it decides. */
export interface BudgetPace {
  /** Time between two looks at the cost. */
  look_ms: number;
  /** Over the budget for so long: one part goes. */
  over_sec: number;
  /** Below {@linkcode LOW} of the budget for so long: one part comes back. */
  below_sec: number;
}

/** Slowly enough that a burst of work sheds nothing. */
export const BUDGET_PACE: Readonly<BudgetPace> = { look_ms: 10_000, over_sec: 60, below_sec: 600 };
const LOW = 0.7;
const MB = 2 ** 20;

/** What a look at the cost led to. */
export interface BudgetChange {
  /** What went or came back. */
  part: Sheddable;
  /** Whether it went. */
  shed: boolean;
  /** Why, in words. */
  reason: string;
}

/** Decides; owns nothing. */
export class Budget {
  readonly #pace: BudgetPace;
  #limits: BudgetConfig;
  #shed = 0;
  #over_since: number | null = null;
  #below_since: number | null = null;

  /** Everything runs. */
  constructor(limits: BudgetConfig, pace: BudgetPace = BUDGET_PACE) {
    this.#limits = limits;
    this.#pace = pace;
  }

  /** What is shed now, in the order in which it went. */
  get shed(): readonly Sheddable[] {
    return SHEDDING.slice(0, this.#shed);
  }

  /** New limits: everything runs again, and is judged by them. @returns whether something was shed */
  limit(limits: BudgetConfig): boolean {
    if (limits.cpu_percent === this.#limits.cpu_percent && limits.rss_mb === this.#limits.rss_mb) {
      return false;
    }
    const wasShed = this.#shed > 0;
    this.#limits = limits;
    this.#shed = 0;
    this.#over_since = this.#below_since = null;
    return wasShed;
  }

  /** Judges a cost; to be called every few seconds. @returns what changed, null for nothing */
  judge(cost: Cost, now_sec: number): BudgetChange | null {
    const over = this.#over(cost, 1);
    if (over !== null) {
      this.#below_since = null;
      this.#over_since ??= now_sec;
      if (now_sec - this.#over_since < this.#pace.over_sec || this.#shed === SHEDDING.length) {
        return null;
      }
      this.#over_since = now_sec;
      return { part: SHEDDING[this.#shed++], shed: true, reason: over };
    }
    this.#over_since = null;
    if (this.#shed === 0 || this.#over(cost, LOW) !== null) {
      this.#below_since = null;
      return null;
    }
    this.#below_since ??= now_sec;
    if (now_sec - this.#below_since < this.#pace.below_sec) return null;
    this.#below_since = now_sec;
    const part = SHEDDING[--this.#shed];
    return { part, shed: false, reason: `well below the budget for ${this.#pace.below_sec} s` };
  }

  /** What is above this part of the budget, in words; null for nothing. */
  #over({ cpu_percent, rss_bytes }: Cost, part: number): string | null {
    const { cpu_percent: most_cpu, rss_mb: most_mb } = this.#limits;
    if (most_cpu > 0 && cpu_percent !== null && cpu_percent > most_cpu * part) {
      return `${cpu_percent.toFixed(1)} % of a core, more than budget.cpu_percent ${most_cpu}`;
    }
    if (most_mb > 0 && rss_bytes > most_mb * MB * part) {
      return `${Math.round(rss_bytes / MB)} MB resident, more than budget.rss_mb ${most_mb}`;
    }
    return null;
  }
}
