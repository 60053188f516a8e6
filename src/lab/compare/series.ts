/**
 * One column of one file over the time since its beginning.
 * @module
 */
import { CsvError, quoted } from "../csv/error.ts";
import type { Measurements } from "../csv/read.ts";

/** Values over time. */
export interface Series {
  /** Name of the column. */
  column: string;
  /** Of the values: `%`, `MB`, or "" where the name does not tell. */
  unit: string;
  /**
   * Seconds since the first row. Where the file has rounds, the time between two rounds, which
   * belongs to the other series, is left out.
   */
  elapsed_sec: Float64Array;
  /** One for each time. */
  values: Float64Array;
  /** Round of each value; null where the file has none. */
  rounds: Float64Array | null;
}

/**
 * The series of a file, in the order of its columns; rows with an empty cell are left out.
 * @throws {CsvError} when a column has no value at all
 */
export function seriesOf(measurements: Measurements): Series[] {
  const elapsed = elapsedSeconds(measurements);
  return measurements.columns.map(({ name, values }) => {
    const whole = values.findIndex(Number.isNaN) < 0;
    const there = (_: number, row: number) => !Number.isNaN(values[row]);
    const kept = whole ? values : values.filter(there);
    if (kept.length === 0) {
      throw new CsvError(measurements.path, null, `the column ${quoted(name)} is empty`);
    }
    return {
      column: name,
      unit: unitOf(name),
      elapsed_sec: whole ? elapsed : elapsed.filter(there),
      values: kept,
      rounds: whole ? measurements.rounds : measurements.rounds?.filter(there) ?? null,
    };
  });
}

/** The part of a series from one time to another, the second left out. */
export function partOf(series: Series, from_sec: number, to_sec: number): Series {
  const inside = (_: number, row: number) =>
    series.elapsed_sec[row] >= from_sec && series.elapsed_sec[row] < to_sec;
  return {
    ...series,
    elapsed_sec: series.elapsed_sec.filter(inside),
    values: series.values.filter(inside),
    rounds: series.rounds?.filter(inside) ?? null,
  };
}

/**
 * Middle of the distances of neighbouring times; 0 where there is none.
 * @param rounds only distances within one of them count, where there are any
 */
export function usualInterval(
  times: Float64Array,
  rounds: Float64Array | null = null,
): number {
  if (times.length < 2) return 0;
  const distances = times.subarray(1).map((time, i) => time - times[i]);
  const within = rounds === null
    ? distances
    : distances.filter((_, i) => rounds[i] === rounds[i + 1]);
  const counted = (within.length > 0 ? within : distances).sort();
  return counted[counted.length >> 1];
}

function elapsedSeconds({ times_ms, rounds }: Measurements): Float64Array {
  const usual = usualInterval(times_ms, rounds);
  let left_out = times_ms[0];
  return times_ms.map((ms, row) => {
    if (rounds !== null && row > 0 && rounds[row] !== rounds[row - 1]) {
      left_out += Math.max(0, ms - times_ms[row - 1] - usual);
    }
    return (ms - left_out) / 1000;
  });
}

function unitOf(column: string): string {
  if (/percent|%/i.test(column)) return "%";
  return column.match(/(?:^|[^a-z])([KMG]B)$/i)?.[1].toUpperCase() ?? "";
}
