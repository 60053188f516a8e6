/**
 * The database file of the history: made 0600 in a directory 0700, never behind a symbolic link; one
 * that is broken or of another version is set aside and a new one begun.
 * @module
 */
import { closeSync, constants } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type Mount, mounts } from "../../os/mountinfo.ts";
import { ensurePrivateDirectory, openPrivateFile } from "../../os/paths.ts";
import { effectiveUid } from "../../os/process.ts";
import { reasonOf } from "../../os/reason.ts";
import { failureKind } from "./failure.ts";

/** Name of the database in its directory. */
export const HISTORY_FILE = "metrics.db";
/** Bytes of a page. */
export const PAGE_BYTES = 4096;
/** Beside the database: it is written back at half of this, and cut to it. */
export const LOG_BYTES = 4 << 20;

/** "aodh": tells our files from others (file(1), `PRAGMA application_id`). */
const APPLICATION_ID = 0x616f6468;
/** Version of the tables. */
export const SCHEMA_VERSION = 1;
const LOG_PAGES = LOG_BYTES / 2 / PAGE_BYTES;

/**
 * Rows lie in the order of time: the id of a block is its minute (or hour) since the epoch times
 * 65536, plus the key's number. So what is written, read and dropped together lies together, no index
 * is needed, and the oldest is the first.
 */
const SCHEMA = `
CREATE TABLE key (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seen_hour INTEGER NOT NULL)
  STRICT;
CREATE TABLE raw (id INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
CREATE TABLE rollup (id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -1024;
PRAGMA wal_autocheckpoint = ${LOG_PAGES};
PRAGMA journal_size_limit = ${LOG_BYTES};
PRAGMA trusted_schema = OFF;
`;

/** An open database. */
export interface OpenDatabase {
  /** The connection. */
  db: DatabaseSync;
  /** Why a file that was there is not used, and where it is now. */
  set_aside: string | null;
}

/** What makes connections: the class of node:sqlite, loaded when history is on. */
export type DatabaseClass = typeof DatabaseSync;

/**
 * Opens the history's database, or makes it.
 * @param directory absolute; made where it is missing
 * @throws {Error} "Cannot use ...: because ..." where the file is not ours to use
 */
export function openDatabase(Database: DatabaseClass, directory: string): OpenDatabase {
  refuseSmb(directory);
  ensurePrivateDirectory(directory);
  const path = `${directory}/${HISTORY_FILE}`;
  prepareFile(path);
  try {
    return { db: connect(Database, path), set_aside: null };
  } catch (error) {
    const isUnusable = error instanceof OtherVersionError || failureKind(error) === "corrupt";
    if (!isUnusable) throw cannotUse(path, reasonOf(error));
    const moved = setAside(path);
    prepareFile(path);
    try {
      return { db: connect(Database, path), set_aside: `${reasonOf(error)}; it is ${moved} now` };
    } catch (again) {
      throw cannotUse(path, reasonOf(again));
    }
  }
}

/** The tables are of a version that this program does not know. */
class OtherVersionError extends Error {}

function connect(Database: DatabaseClass, path: string): DatabaseSync {
  // No waiting for other connections: what cannot be written now is written by the next flush.
  const db = new Database(path, { timeout: 0 });
  try {
    const isNew = numberOf(db, "SELECT count(*) FROM sqlite_schema") === 0;
    if (!isNew) check(db);
    // Page size and vacuum take effect before the first table only.
    else db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL`);
    db.exec(SETTINGS);
    if (isNew) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws where the tables are not ours to use; changes nothing. */
function check(db: DatabaseSync): void {
  if (numberOf(db, "PRAGMA application_id") !== APPLICATION_ID) {
    throw new Error("it is a database of another program");
  }
  const version = numberOf(db, "PRAGMA user_version");
  if (version !== SCHEMA_VERSION) {
    throw new OtherVersionError(`its version is ${version}, not ${SCHEMA_VERSION}`);
  }
}

/** The one number that a statement gives. */
export function numberOf(db: DatabaseSync, sql: string): number {
  const row = db.prepare(sql).get();
  const value = row === undefined ? null : Object.values(row)[0];
  return typeof value === "number" ? value : 0;
}

/**
 * Takes the database and its log out of the way, the one of last time is lost.
 * @returns the new path of the database
 */
export function setAside(path: string): string {
  const moved = `${path}.corrupt`;
  for (const suffix of ["", "-wal"]) {
    if (lstatOrNull(path + suffix) !== null) Deno.renameSync(path + suffix, moved + suffix);
    else if (lstatOrNull(moved + suffix) !== null) Deno.removeSync(moved + suffix);
  }
  if (lstatOrNull(`${path}-shm`) !== null) Deno.removeSync(`${path}-shm`);
  return moved;
}

/**
 * Makes the file where it is missing, so that it is 0600 from the first moment (its log takes after
 * it), and refuses what is no file of ours. A file that is there is not opened: closing it would
 * take away the locks of another connection of this process.
 */
function prepareFile(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    const info = lstatOrNull(path + suffix);
    if (info === null) continue;
    if (info.isSymlink) throw cannotUse(path + suffix, "it is a symbolic link");
    if (!info.isFile) throw cannotUse(path + suffix, "it is not a regular file");
    if (info.uid !== effectiveUid()) throw cannotUse(path + suffix, "it belongs to another user");
    if (((info.mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path + suffix, 0o600);
  }
  if (lstatOrNull(path) !== null) return;
  try {
    closeSync(openPrivateFile(path, constants.O_EXCL));
  } catch (error) {
    throw cannotUse(path, reasonOf(error));
  }
}

/** A history on a share that hangs would hang whoever writes it. */
function refuseSmb(directory: string): void {
  const share = smbMountOf(directory, mounts());
  if (share !== null) throw cannotUse(directory, `it lies on the SMB mount ${share}`);
}

/** The SMB mount that a path lies on, or null; without touching either. */
export function smbMountOf(path: string, all: readonly Mount[]): string | null {
  const isAbove = ({ mount_point }: Mount) =>
    mount_point === "/" || path === mount_point || path.startsWith(`${mount_point}/`);
  // The innermost; of several on one place, the last one is on top.
  const found = all.filter(isAbove)
    .reduce<Mount | null>(
      (inner, mount) =>
        inner === null || mount.mount_point.length >= inner.mount_point.length ? mount : inner,
      null,
    );
  return found?.type === "cifs" || found?.type === "smb3" ? found.mount_point : null;
}

function lstatOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw cannotUse(path, reasonOf(error));
  }
}

function cannotUse(path: string, reason: string): Error {
  return new Error(`Cannot use the metric history ${path}: because ${reason}`);
}
