/**
 * What kinds of anomalies have in common that count records without thresholds and lists: a new one
 * says which records offend.
 * @module
 */
import type { AnomalyConfig, CountedAnomaly } from "../config/types.ts";
import { BookDetector } from "./book_detector.ts";
import { type DetectContext, type Detector, type DetectorKind, MARK } from "./detector.ts";
import { OFFSET, type RowColumns, TWO_32 } from "./fields.ts";
import type { Survey } from "./survey.ts";

/** Whether a row counts for an anomaly. */
export type Offends = (columns: RowColumns, row: number, config: CountedAnomaly) => boolean;

/** Counts the rows that offend. */
class CountedDetector extends BookDetector<CountedAnomaly> {
  readonly countsPlain: boolean;
  readonly #offends: Offends;

  constructor(
    config: CountedAnomaly,
    context: DetectContext,
    offends: Offends,
    countsPlain: boolean,
  ) {
    super(config, context, { [config.type]: "counts", ...rulesOf(config) });
    this.countsPlain = countsPlain;
    this.#offends = offends;
  }

  observe(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number {
    if (!this.countsPlain && !survey.odd && !survey.failing) return 0;
    const ends = columns.u32[OFFSET.end_ns >> 3];
    let counted = 0;
    for (let row = from; row < to; row++) {
      if (!this.#offends(columns, row, this.config)) continue;
      marks[row] |= MARK.COUNTED;
      counted++;
      const at = 2 * row;
      const time = (ends[at + 1] - this.baseHigh) * TWO_32 + (ends[at] - this.baseLow);
      this.book.of(columns, row).count(columns, row, time, 0);
    }
    this.context.stats.violations[this.config.name] += counted;
    return counted;
  }
}

function isCounted(config: AnomalyConfig): config is CountedAnomaly {
  return config.type !== "latency" && config.type !== "error" && config.type !== "metric";
}

/** The kind's own keys, for anomaly.json. */
function rulesOf({ params = {} }: CountedAnomaly): Record<string, number | string> {
  const values = Object.entries(params).map(([key, value]) =>
    [key, typeof value === "boolean" ? String(value) : value] as const
  );
  return Object.fromEntries(values);
}

/** A registry entry for a kind whose records are only counted. */
export function countedKind(kind: Omit<DetectorKind, "create">, offends: Offends): DetectorKind {
  return {
    ...kind,
    create(config: AnomalyConfig, context: DetectContext): Detector {
      if (config.type !== kind.type || !isCounted(config)) {
        throw new TypeError(
          `Cannot make a detector of ${kind.type}: because ${config.name} is ${config.type}`,
        );
      }
      // What asks the kernel side for events or codes looks for these and for nothing else.
      const { events = [], codes = [] } = kind.needs(config);
      return new CountedDetector(config, context, offends, events.length + codes.length === 0);
    },
  };
}
