/**
 * One measurement into a file: its length, its progress bar, what is told at its end.
 * @module
 */
import { COLUMN } from "../csv/format.ts";
import { ProgressBar } from "./progress.ts";
import { type Cell, RowFile } from "./row_file.ts";
import { onSchedule } from "./ticking.ts";

/** More rows make a file that nothing can show: 10 million are half a gigabyte. */
export const MOST_ROWS = 10_000_000;

/** Where and how long. */
export interface SessionOptions {
  /** The CSV file. */
  path: string;
  /** Between two rows. */
  interval_sec: number;
  /** Null: until `abort`, or {@linkcode MOST_ROWS}. */
  duration_sec: number | null;
  /** Ends it. */
  abort: AbortSignal;
  /** Gets sentences for the user. */
  say: (text: string) => void;
  /** Shown on a terminal. */
  bar?: ProgressBar;
}

/** What was measured. */
export interface SessionResult {
  /** Rows in the file. */
  rows: number;
  /** Rows left out because the host was too busy. */
  missed: number;
}

/** What is measured. */
export interface Measurement {
  /** Columns behind `Timestamp`. */
  columns: readonly string[];
  /** A row at the beginning as well: for what is a state and not a growth. */
  at_once: boolean;
  /** The cells of one row, and what the progress bar shows of them. */
  measure(say: (text: string) => void): Row | Promise<Row>;
}

/** One row. */
export interface Row {
  /** Behind the timestamp. */
  cells: Cell[];
  /** For the progress bar. */
  text: string;
}

/** Rows of a measurement without the one at its beginning; null when they are too many. */
export function rowsOf(interval_sec: number, duration_sec: number | null): number | null {
  if (duration_sec === null) return MOST_ROWS;
  // 60 s at 0.1 s are 600 rows, whatever the division of fractions says.
  const rows = Math.max(1, Math.floor(duration_sec / interval_sec + 1e-6));
  return rows > MOST_ROWS ? null : rows;
}

/**
 * Measures to the end of the schedule or the abort.
 * @throws {Error} "Cannot ...: because ..." when the file cannot be written or nothing can be
 *   measured; the rows up to then are in the file
 */
export async function measureInto(
  { path, interval_sec, duration_sec, abort, say, bar = new ProgressBar() }: SessionOptions,
  { columns, at_once, measure }: Measurement,
): Promise<SessionResult> {
  const rows = rowsOf(interval_sec, duration_sec);
  if (rows === null) throw new RangeError(`Cannot measure so long: because of ${MOST_ROWS} rows`);
  const file = RowFile.create(path, [COLUMN.timestamp, ...columns]);
  const told = (text: string) => {
    bar.clear();
    say(text);
  };
  try {
    const count = at_once ? Math.min(MOST_ROWS, rows + 1) : rows;
    const total_ms = duration_sec === null ? null : rows * interval_sec * 1000;
    const schedule = { interval_ms: interval_sec * 1000, count, at_once, abort };
    const ticked = await onSchedule(schedule, async (elapsed_ms) => {
      const at = new Date().toISOString();
      const { cells, text } = await measure(told);
      file.add([at, ...cells]);
      bar.show({ elapsed_ms, total_ms, text });
    });
    return { rows: file.rows, missed: ticked.missed };
  } finally {
    bar.clear();
    file.close();
  }
}
