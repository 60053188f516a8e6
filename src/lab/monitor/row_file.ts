/**
 * A CSV file that is written while something is measured: each row is in the file once it is there,
 * so that what was measured stays whatever happens next.
 * @module
 */
import { reasonOf } from "../../os/reason.ts";

/** A cell; null is an empty one. */
export type Cell = number | string | null;

/** Digits behind the point: hundredths of a percent, thousandths of a megabyte or second. */
const DIGITS = 3;

/** A file of rows, 0600. Nothing that is there already is overwritten. */
export class RowFile {
  /** Where it is. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #columns: number;
  #rows = 0;

  private constructor(path: string, file: Deno.FsFile, columns: number) {
    this.path = path;
    this.#file = file;
    this.#columns = columns;
  }

  /**
   * Makes the file and writes its header.
   * @throws {Error} "Cannot write ...: because ..." when it is there already or cannot be made
   */
  static create(path: string, columns: readonly string[]): RowFile {
    let file: Deno.FsFile;
    try {
      // O_EXCL: no link is followed, no measurement lost.
      file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new Error(`Cannot write ${path}: because it is there already`);
      }
      throw new Error(`Cannot write ${path}: because ${reasonOf(error)}`);
    }
    const rows = new RowFile(path, file, columns.length);
    try {
      rows.#write(csvLine(columns));
    } catch (error) {
      rows.close();
      throw error;
    }
    return rows;
  }

  /** Rows written, without the header. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Writes one row.
   * @throws {Error} "Cannot write ...: because ..." such as when the disk is full; the rows before
   *   it stay whole
   */
  add(cells: readonly Cell[]): void {
    if (cells.length !== this.#columns) {
      throw new RangeError(`Cannot write a row: because it has ${cells.length} cells`);
    }
    this.#write(csvLine(cells));
    this.#rows++;
  }

  /** Closes it. */
  close(): void {
    this.#file.close();
  }

  #write(line: string): void {
    const bytes = new TextEncoder().encode(line);
    const start = this.#file.seekSync(0, Deno.SeekMode.Current);
    try {
      for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    } catch (error) {
      this.#takeBack(start);
      throw new Error(`Cannot write ${this.path}: because ${reasonOf(error)}`);
    }
  }

  /** Half a line would be a fault in the file. */
  #takeBack(start: number): void {
    try {
      this.#file.truncateSync(start);
      this.#file.seekSync(start, Deno.SeekMode.Start);
    } catch {
      // The reason for the first failure is the one to be told.
    }
  }
}

/** One line of CSV (RFC 4180, but with a line feed alone). */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(cellText).join(",") + "\n";
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") {
    if (!Number.isFinite(cell)) return "";
    return String(Number(cell.toFixed(DIGITS)));
  }
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
