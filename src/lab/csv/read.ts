/**
 * Reads the measurements of one CSV file.
 * @module
 */
import { cellsOf, separatorOf } from "./cells.ts";
import { type Column, Header } from "./columns.ts";
import { CsvError, isPrintable, quoted } from "./error.ts";
import { type Line, linesOf } from "./lines.ts";
import { NumberList } from "./numbers.ts";
import { parseTimestamp, type TimeForm } from "./timestamp.ts";

/** More than ten days of a row a second. */
const MAX_ROWS = 1_000_000;
const MAX_COLUMNS = 256;
const MAX_NAME_CHARACTERS = 100;
const MAX_ROUND = 1_000_000;
/** Larger numbers are a fault of the file. */
const MAX_VALUE = 1e15;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A column's values; NaN where a cell was empty. */
export interface MeasuredColumn {
  /** As the file writes it. */
  name: string;
  /** One a row. */
  values: Float64Array;
}

/** What a file holds, as far as it was asked for. */
export interface Measurements {
  /** Where it was read. */
  path: string;
  /** Milliseconds since 1970, one a row, never falling. */
  times_ms: Float64Array;
  /** Number of the round of each row; null without such a column. */
  rounds: Float64Array | null;
  /** The columns that were asked for, in that order. */
  columns: MeasuredColumn[];
}

/**
 * Reads a file.
 * @param choose the columns that are wanted, from its header
 * @throws {CsvError} `FILE:LINE: what is wrong`
 */
export function readMeasurements(
  path: string,
  choose: (header: Header) => Column[],
): Measurements {
  let reader: RowReader | null = null;
  for (const line of linesOf(path)) {
    if (line.text.trim() === "") continue;
    if (reader === null) reader = new RowReader(path, line, choose);
    else reader.add(line);
  }
  if (reader === null) throw new CsvError(path, null, "the file is empty");
  return reader.measurements();
}

class RowReader {
  readonly #path: string;
  readonly #separator: string;
  readonly #cells: number;
  readonly #timestamp: Column;
  readonly #round: Column | null;
  readonly #columns: { column: Column; values: NumberList }[];
  readonly #times = new NumberList();
  readonly #rounds = new NumberList();
  #form: TimeForm | null = null;
  #last = { ms: 0, line: 0 };

  constructor(path: string, line: Line, choose: (header: Header) => Column[]) {
    this.#path = path;
    this.#separator = separatorOf(line.text);
    const names = this.#split(line);
    if (names.length > MAX_COLUMNS) {
      throw new CsvError(path, line.number, `there are more than ${MAX_COLUMNS} columns`);
    }
    const odd = names.find((name) => name.length > MAX_NAME_CHARACTERS || !isPrintable(name));
    if (odd !== undefined) {
      throw new CsvError(path, line.number, `${quoted(odd)} cannot be the name of a column`);
    }
    if (names.every((name) => NUMBER.test(name))) {
      throw new CsvError(path, line.number, "the first line must name the columns");
    }
    this.#cells = names.length;
    const header = new Header(path, line.number, names);
    this.#timestamp = header.timestamp();
    this.#round = header.round();
    this.#columns = choose(header).map((column) => ({ column, values: new NumberList() }));
  }

  /** Takes one row. */
  add(line: Line): void {
    const cells = this.#split(line);
    const fail = (message: string): never => {
      throw new CsvError(this.#path, line.number, message);
    };
    if (cells.length !== this.#cells) {
      fail(`expected ${this.#cells} cells as in the first line, found ${cells.length}`);
    }
    if (this.#times.length === MAX_ROWS) fail(`there are more than ${MAX_ROWS} rows`);
    this.#addTime(cells[this.#timestamp.index], line.number, fail);
    if (this.#round !== null) this.#addRound(cells[this.#round.index], fail);
    for (const { column, values } of this.#columns) {
      values.push(numberOf(cells[column.index], column.name, fail));
    }
  }

  /** What was read. */
  measurements(): Measurements {
    if (this.#times.length === 0) throw new CsvError(this.#path, null, "there is no row of values");
    return {
      path: this.#path,
      times_ms: this.#times.toArray(),
      rounds: this.#round === null ? null : this.#rounds.toArray(),
      columns: this.#columns.map(({ column, values }) => ({
        name: column.name,
        values: values.toArray(),
      })),
    };
  }

  #split(line: Line): string[] {
    const cells = cellsOf(line.text, this.#separator);
    if (cells === null) throw new CsvError(this.#path, line.number, "its quotes are not in pairs");
    return cells;
  }

  #addTime(text: string, line: number, fail: (message: string) => never): void {
    const time = parseTimestamp(text);
    const name = this.#timestamp.name;
    if (time === null) {
      return fail(
        `${name}: expected seconds or milliseconds since 1970 or a date like ` +
          `2026-12-31T23:59:59Z, found ${quoted(text)}`,
      );
    }
    this.#form ??= time.form;
    if (time.form !== this.#form) {
      fail(`${name}: expected ${this.#form} as before, found ${time.form}`);
    }
    if (this.#times.length > 0 && time.ms < this.#last.ms) {
      fail(`${name}: ${quoted(text)} is before the time of line ${this.#last.line}`);
    }
    this.#last = { ms: time.ms, line };
    this.#times.push(time.ms);
  }

  #addRound(text: string, fail: (message: string) => never): void {
    const round = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
    if (!(round <= MAX_ROUND)) fail(`Round: expected a whole number, found ${quoted(text)}`);
    this.#rounds.push(round);
  }
}

function numberOf(text: string, name: string, fail: (message: string) => never): number {
  // Nothing was measured: a process had ended, or pandas wrote the file.
  if (text === "" || /^nan$/i.test(text)) return NaN;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Math.abs(value) <= MAX_VALUE) return value;
  return fail(`${name}: expected a number, found ${quoted(text)}`);
}
