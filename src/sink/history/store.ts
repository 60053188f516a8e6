/**
 * An open history: the connection, its statements, and the keys as they are known.
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { numberOf, PAGE_BYTES } from "./database.ts";
import { Blocks, KEY_SLOTS, type KeyRow, Keys } from "./tables.ts";

/** An open history. */
export class HistoryStore {
  /** Blocks of points. */
  readonly raw: Blocks;
  /** Blocks of roll-ups. */
  readonly rollup: Blocks;
  /** Keys on disk. */
  readonly keys: Keys;
  readonly #db: DatabaseSync;
  #byName = new Map<string, KeyRow>();
  #byId = new Map<number, KeyRow>();

  /** Reads the keys. @throws where the tables are not what they should be */
  constructor(db: DatabaseSync) {
    this.#db = db;
    this.raw = new Blocks(db, "raw");
    this.rollup = new Blocks(db, "rollup");
    this.keys = new Keys(db);
    this.#readKeys();
  }

  /** Runs `work` in one transaction, all of it or nothing. @throws what `work` or SQLite throws */
  transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#undo();
      throw error;
    }
  }

  /** Keys with points, by name. */
  names(): string[] {
    return [...this.#byName.keys()];
  }

  /** A key by its name. */
  key(name: string): KeyRow | undefined {
    return this.#byName.get(name);
  }

  /** A key's name by its number. */
  nameOf(id: number): string | undefined {
    return this.#byId.get(id)?.name;
  }

  /** Adds a key; undefined where all numbers are taken. Within a transaction. */
  addKey(name: string, seen_hour: number): KeyRow | undefined {
    // Numbers are given out in turn; those of keys that were dropped are found by going on.
    let id = this.#byId.size + 1;
    for (let tries = 1; this.#byId.has(id); tries++) {
      if (tries >= KEY_SLOTS) return undefined;
      id = id % (KEY_SLOTS - 1) + 1;
    }
    if (id >= KEY_SLOTS) return undefined;
    const row = { id, name, seen_hour };
    this.keys.put(row);
    this.#byName.set(name, row);
    this.#byId.set(id, row);
    return row;
  }

  /** Notes that a key has points of an hour. Within a transaction. */
  seeKey(id: number, hour: number): void {
    const row = this.#byId.get(id);
    if (row === undefined || row.seen_hour >= hour) return;
    this.keys.see(id, hour);
    row.seen_hour = hour;
  }

  /** Drops the keys that were seen last before an hour. Within a transaction. */
  dropKeys(before_hour: number): void {
    for (const { id, name, seen_hour } of [...this.#byId.values()]) {
      if (seen_hour >= before_hour) continue;
      this.keys.drop(id);
      this.#byId.delete(id);
      this.#byName.delete(name);
    }
  }

  /** Pages of the file, and those of them that hold nothing. */
  pages(): { all: number; free: number } {
    return {
      all: numberOf(this.#db, "PRAGMA page_count"),
      free: numberOf(this.#db, "PRAGMA freelist_count"),
    };
  }

  /** Has SQLite refuse to make the file larger. */
  limitPages(pages: number): void {
    this.#db.exec(`PRAGMA max_page_count = ${pages}`);
  }

  /** Gives up to `pages` free pages back to the file system. */
  shrink(pages: number): void {
    // One page with every row that is asked for: exec() asks once.
    this.#db.prepare(`PRAGMA incremental_vacuum(${pages})`).all();
  }

  /** Bytes of the file. */
  bytes(): number {
    return this.pages().all * PAGE_BYTES;
  }

  /** Closes the connection; the last one writes the log back. */
  close(): void {
    this.#db.close();
  }

  /** What is known of keys may be of a transaction that did not come to be. */
  #undo(): void {
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#readKeys();
    } catch {
      // The error of the transaction is what is told.
    }
  }

  #readKeys(): void {
    const rows = this.keys.all();
    this.#byName = new Map(rows.map((row) => [row.name, row]));
    this.#byId = new Map(rows.map((row) => [row.id, row]));
  }
}
