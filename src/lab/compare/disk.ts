/**
 * What describes the growth of a directory.
 * @module
 */
import { summarize, type Summary } from "../statistics/summary.ts";
import type { Series } from "./series.ts";
import { figure, signed } from "./words.ts";

/** Figures of disk usage over time, in the series' unit. */
export interface DiskFigures extends Summary {
  /** Name of the column. */
  column: string;
  /** Of all of them; "" where it is not known. */
  unit: string;
  /** From the first row to the last. */
  duration_sec: number;
  /** At the beginning. */
  first: number;
  /** At the end. */
  last: number;
  /** From the first to the last. */
  growth: number;
  /** Growth by minute; null where no time passed. */
  growth_per_minute: number | null;
}

/** Describes disk usage over time. */
export function diskFigures({ column, unit, elapsed_sec, values }: Series): DiskFigures {
  const duration_sec = elapsed_sec[elapsed_sec.length - 1] - elapsed_sec[0];
  const first = values[0];
  const last = values[values.length - 1];
  return {
    column,
    unit,
    ...summarize(values),
    duration_sec,
    first,
    last,
    growth: last - first,
    growth_per_minute: duration_sec > 0 ? (last - first) / duration_sec * 60 : null,
  };
}

/** The growth in one sentence. */
export function growthWords({ unit, first, last, growth, growth_per_minute }: DiskFigures): string {
  const of = unit === "" ? "" : ` ${unit}`;
  const rate = growth_per_minute === null ? "" : `, ${signed(growth_per_minute)}${of} a minute`;
  return `${figure(first)} to ${figure(last)}${of}: ${signed(growth)}${of}${rate}`;
}
