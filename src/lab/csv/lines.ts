/**
 * The lines of a text file, one at a time and bounded: whatever the file is, a reader never holds
 * more than one line.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { reasonOf } from "../../os/reason.ts";
import { CsvError } from "./error.ts";

/** A second a row for ten days is 50 MB. */
const MAX_BYTES = 128 * 2 ** 20;
/** Far more than any row of numbers. */
const MAX_LINE_BYTES = 65_536;
const CHUNK_BYTES = 65_536;
const LINE_FEED = 10;
const NUL = 0;

/** One line, without its end. */
export interface Line {
  /** From 1. */
  number: number;
  /** Without line feed, carriage return and byte order mark. */
  text: string;
}

/**
 * Reads a file, a pipe or what else can be opened for reading, line by line.
 * @throws {CsvError} where it cannot be read, is too large, or is not UTF-8 text
 */
export function* linesOf(path: string): Generator<Line> {
  const fd = openInput(path);
  try {
    yield* new LineReader(path, fd).lines();
  } finally {
    closeSync(fd);
  }
}

function openInput(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw new CsvError(path, null, `Cannot read it: because ${reasonOf(error)}`);
  }
  if (!fstatSync(fd).isDirectory()) return fd;
  closeSync(fd);
  throw new CsvError(path, null, "Cannot read it: because it is a directory");
}

class LineReader {
  readonly #path: string;
  readonly #fd: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #bytes = 0;
  #number = 0;

  constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  *lines(): Generator<Line> {
    let rest = new Uint8Array(0);
    for (let length = this.#read(); length > 0; length = this.#read()) {
      const bytes = new Uint8Array(rest.length + length);
      bytes.set(rest);
      bytes.set(this.#chunk.subarray(0, length), rest.length);
      let from = 0;
      for (let to = bytes.indexOf(LINE_FEED); to >= 0; to = bytes.indexOf(LINE_FEED, from)) {
        yield this.#line(bytes.subarray(from, to));
        from = to + 1;
      }
      rest = bytes.slice(from);
      if (rest.length > MAX_LINE_BYTES) this.#fail("the line is too long");
    }
    if (rest.length > 0) yield this.#line(rest);
  }

  #read(): number {
    let length: number;
    try {
      length = readSync(this.#fd, this.#chunk);
    } catch (error) {
      throw new CsvError(this.#path, null, `Cannot read it: because ${reasonOf(error)}`);
    }
    this.#bytes += length;
    if (this.#bytes > MAX_BYTES) this.#fail(`the file is larger than ${MAX_BYTES} bytes`);
    return length;
  }

  #line(bytes: Uint8Array): Line {
    if (bytes.length > MAX_LINE_BYTES) this.#fail("the line is too long");
    this.#number++;
    if (bytes.includes(NUL)) throw new CsvError(this.#path, this.#number, "it is not text");
    try {
      // The decoder takes the byte order mark away.
      return { number: this.#number, text: this.#decoder.decode(bytes).replace(/\r$/, "") };
    } catch {
      throw new CsvError(this.#path, this.#number, "it is not UTF-8 text");
    }
  }

  /** Of the line that is being read. */
  #fail(message: string): never {
    throw new CsvError(this.#path, this.#number + 1, message);
  }
}
