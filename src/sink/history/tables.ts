/**
 * The statements on the tables of the history. Blocks are named by slot (minute or hour since the
 * epoch) and number of the key.
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Keys are numbered from 1 to one less than this. */
export const KEY_SLOTS = 65_536;
/** The tables of blocks. */
export type BlockTable = "raw" | "rollup";

/** One block. */
export interface Row {
  /** Slot times {@link KEY_SLOTS} plus key. */
  id: number;
  /** Its content. */
  bytes: Uint8Array;
}

/** A key as it is known on disk. */
export interface KeyRow {
  /** From 1 to one less than {@link KEY_SLOTS}. */
  id: number;
  /** The metric key. */
  name: string;
  /** The newest hour with points. */
  seen_hour: number;
}

/** Number of a block. */
export function blockId(slot: number, key: number): number {
  return slot * KEY_SLOTS + key;
}

/** The slot of a block. */
export function slotOf(id: number): number {
  return Math.floor(id / KEY_SLOTS);
}

/** The key of a block. */
export function keyOf(id: number): number {
  return id % KEY_SLOTS;
}

const COLUMNS = { raw: "points", rollup: "entries" } as const;

/** Name of the mark of how far points are rolled up. */
const ROLLED = "rolled_id";

/** Statements on blocks of one table. */
export class Blocks {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #ofKey: StatementSync;
  readonly #from: StatementSync;
  readonly #drop: StatementSync;
  readonly #oldest: StatementSync;

  /** Prepares them. */
  constructor(db: DatabaseSync, table: BlockTable) {
    const column = COLUMNS[table];
    this.#get = db.prepare(`SELECT id, ${column} FROM ${table} WHERE id = ?`);
    this.#put = db.prepare(`INSERT OR REPLACE INTO ${table} (id, ${column}) VALUES (?, ?)`);
    // A key's blocks lie KEY_SLOTS apart: they are looked up one by one, not found by reading all.
    this.#ofKey = db.prepare(
      `WITH RECURSIVE wanted (id) AS (
         SELECT ?1 UNION ALL SELECT id + ${KEY_SLOTS} FROM wanted WHERE id + ${KEY_SLOTS} <= ?2)
       SELECT ${table}.id, ${column} FROM wanted JOIN ${table} ON ${table}.id = wanted.id`,
    );
    this.#from = db.prepare(
      `SELECT id, ${column} FROM ${table} WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3`,
    );
    this.#drop = db.prepare(
      `DELETE FROM ${table} WHERE id < min(?1, coalesce(
         (SELECT id FROM ${table} ORDER BY id LIMIT 1 OFFSET ?2), ?1))`,
    );
    this.#oldest = db.prepare(`SELECT min(id) FROM ${table}`);
  }

  /** The content of a block. */
  get(id: number): Uint8Array | null {
    return rows(this.#get.all(id))[0]?.bytes ?? null;
  }

  /** Writes a block. */
  put(id: number, bytes: Uint8Array): void {
    this.#put.run(id, bytes);
  }

  /** The blocks of a key in a range of slots, both ends included. */
  ofKey(key: number, from_slot: number, to_slot: number): Row[] {
    if (to_slot < from_slot) return [];
    return rows(this.#ofKey.all(blockId(from_slot, key), blockId(to_slot, key)));
  }

  /** The first `limit` blocks of all keys with an id from `from_id` to below `to_id`. */
  from(from_id: number, to_id: number, limit: number): Row[] {
    return rows(this.#from.all(from_id, to_id, limit));
  }

  /** Drops the oldest blocks with an id below `below_id`, at most `limit`. @returns how many */
  dropOldest(below_id: number, limit: number): number {
    return Number(this.#drop.run(below_id, limit).changes);
  }

  /** The oldest slot, or null. */
  oldestSlot(): number | null {
    const id = firstNumber(this.#oldest);
    return id === null ? null : slotOf(id);
  }
}

/** Statements on keys and marks. */
export class Keys {
  readonly #all: StatementSync;
  readonly #put: StatementSync;
  readonly #seen: StatementSync;
  readonly #drop: StatementSync;
  readonly #rolled: StatementSync;
  readonly #setRolled: StatementSync;

  /** Prepares them. */
  constructor(db: DatabaseSync) {
    this.#all = db.prepare("SELECT id, name, seen_hour FROM key ORDER BY id");
    this.#put = db.prepare("INSERT INTO key (id, name, seen_hour) VALUES (?, ?, ?)");
    this.#seen = db.prepare("UPDATE key SET seen_hour = max(seen_hour, ?2) WHERE id = ?1");
    this.#drop = db.prepare("DELETE FROM key WHERE id = ?");
    this.#rolled = db.prepare(`SELECT value FROM mark WHERE name = '${ROLLED}'`);
    this.#setRolled = db.prepare(`INSERT OR REPLACE INTO mark VALUES ('${ROLLED}', ?)`);
  }

  /** All keys. */
  all(): KeyRow[] {
    return this.#all.all().flatMap((row) => {
      const [id, name, seen_hour] = Object.values(row);
      const isKey = typeof id === "number" && typeof name === "string";
      return isKey && typeof seen_hour === "number" ? [{ id, name, seen_hour }] : [];
    });
  }

  /** Adds a key. */
  put({ id, name, seen_hour }: KeyRow): void {
    this.#put.run(id, name, seen_hour);
  }

  /** A key has points of that hour. */
  see(id: number, hour: number): void {
    this.#seen.run(id, hour);
  }

  /** Removes a key. */
  drop(id: number): void {
    this.#drop.run(id);
  }

  /** Blocks of points below this id are rolled up. */
  rolledId(): number {
    return firstNumber(this.#rolled) ?? 0;
  }

  /** See {@link Keys.rolledId}. */
  setRolledId(id: number): void {
    this.#setRolled.run(id);
  }
}

function firstNumber(statement: StatementSync): number | null {
  const value = Object.values(statement.get() ?? {})[0];
  return typeof value === "number" ? value : null;
}

function rows(found: Record<string, unknown>[]): Row[] {
  return found.flatMap((row) => {
    const [id, bytes] = Object.values(row);
    return typeof id === "number" && bytes instanceof Uint8Array ? [{ id, bytes }] : [];
  });
}
