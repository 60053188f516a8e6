/**
 * Which columns of a file are meant. They are found by name: case and everything that is no letter
 * or digit are ignored, and a column of another name that speaks of the same thing will do.
 * @module
 */
import { didYouMean } from "../../config/suggest.ts";
import { CsvError, quoted } from "./error.ts";
import { COLUMN } from "./format.ts";

/** What is looked for. */
export type Subject = "cpu" | "memory" | "disk";

/** Names that other tools give to the same; the first that is there counts. */
const ALSO: Record<Subject | "timestamp" | "round", RegExp> = {
  timestamp: /^(time|datetime|date|epoch|ts)/,
  cpu: /cpu/,
  memory: /mem/,
  disk: /disk/,
  round: /^round$/,
};

/** Name and index of a column. */
export interface Column {
  /** As the file writes it. */
  name: string;
  /** From 0. */
  index: number;
}

/** The first line of a file. */
export class Header {
  readonly #path: string;
  readonly #line: number;
  /** Names of all columns, as the file writes them. */
  readonly names: readonly string[];

  /** `names` are the cells of line `line`. */
  constructor(path: string, line: number, names: readonly string[]) {
    this.#path = path;
    this.#line = line;
    this.names = names;
  }

  /**
   * The column of times.
   * @throws {CsvError} where there is none
   */
  timestamp(): Column {
    return this.#find("timestamp") ?? this.#none(`no column ${COLUMN.timestamp}`);
  }

  /** The numbers of rounds, where the file has them. */
  round(): Column | null {
    return this.#find("round");
  }

  /** A column by what it is about, or null. */
  subject(subject: Subject): Column | null {
    return this.#find(subject);
  }

  /** A column by its name in any case. @throws {CsvError} where there is none */
  named(name: string): Column {
    const found = this.#only((known) => plain(known) === plain(name));
    if (found !== null) return found;
    return this.#none(`no column ${quoted(name)}${didYouMean(name, this.names)}`);
  }

  /** @throws {CsvError} that tells which columns there are */
  #none(message: string): never {
    const names = this.names.slice(0, 12).map(quoted).join(", ");
    throw new CsvError(this.#path, this.#line, `${message}; the columns are ${names}`);
  }

  #find(what: keyof typeof ALSO): Column | null {
    const exact = this.#only((name) => plain(name) === plain(COLUMN[what]));
    if (exact !== null) return exact;
    const index = this.names.findIndex((name) => ALSO[what].test(plain(name)));
    return index < 0 ? null : { name: this.names[index], index };
  }

  /** The one column that is meant. @throws {CsvError} where there are two */
  #only(means: (name: string) => boolean): Column | null {
    const index = this.names.findIndex(means);
    if (index < 0) return null;
    if (this.names.findLastIndex(means) === index) return { name: this.names[index], index };
    const name = quoted(this.names[index]);
    throw new CsvError(this.#path, this.#line, `the column ${name} is there twice`);
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
