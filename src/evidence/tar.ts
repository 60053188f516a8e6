/**
 * Writes and reads the tar archives of bundles: POSIX.1-1988 ustar, one directory with regular files
 * in it. The reader takes nothing else, so an archive cannot place a file elsewhere.
 * @module
 */

const BLOCK = 512;
const NAME_BYTES = 100;
const TYPE_FILE = "0";
const TYPE_DIRECTORY = "5";

/** A file or directory of an archive. */
export interface TarEntry {
  /** Path as in the archive, a directory's without its final slash. */
  name: string;
  /** What it is. */
  type: "file" | "directory";
  /** Bytes of content, 0 for a directory. */
  size_bytes: number;
  /** Modification time, seconds since 1970. */
  mtime_sec: number;
}

/** An archive that is not what {@linkcode tarHeader} writes. */
export class TarError extends Error {
  /** Name of the class. */
  override name = "TarError";
}

/**
 * The header block of an entry; files get mode 0600, directories 0700, both owner root.
 * @throws {TarError} when the name does not fit ustar's name field or the size its 11 octal digits
 */
export function tarHeader(entry: TarEntry): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const directory = entry.type === "directory";
  const name = new TextEncoder().encode(directory ? `${entry.name}/` : entry.name);
  if (name.byteLength > NAME_BYTES || entry.size_bytes >= 8 ** 11) {
    throw new TarError(`Cannot archive ${entry.name}: because its name or size does not fit ustar`);
  }
  block.set(name, 0);
  put(block, 100, directory ? "0000700\0" : "0000600\0");
  put(block, 108, "0000000\0");
  put(block, 116, "0000000\0");
  put(block, 124, `${octal(directory ? 0 : entry.size_bytes, 11)}\0`);
  put(block, 136, `${octal(entry.mtime_sec, 11)}\0`);
  put(block, 148, "        ");
  put(block, 156, directory ? TYPE_DIRECTORY : TYPE_FILE);
  put(block, 257, "ustar\x0000");
  put(block, 265, "root");
  put(block, 297, "root");
  put(block, 148, `${octal(checksum(block), 6)}\0 `);
  return block;
}

/** Zero bytes that fill the last block of a file of this size. */
export function tarPadding(size_bytes: number): Uint8Array {
  return new Uint8Array((BLOCK - size_bytes % BLOCK) % BLOCK);
}

/** The end of an archive: two zero blocks. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

/** Takes entries and their bytes as they come out of an archive. */
export interface TarVisitor {
  /** The next entry begins. */
  entry(entry: TarEntry): void | Promise<void>;
  /** A part of the last entry's content; valid during the call only. */
  data(chunk: Uint8Array): void | Promise<void>;
  /** The last entry is complete. */
  endEntry(): void | Promise<void>;
}

/** Parses an archive given in chunks of any size. */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #header = new Uint8Array(BLOCK);
  #headerFill = 0;
  #content = 0;
  #padding = 0;
  #open = false;
  #zeroBlocks = 0;

  /**
   * Starts at the beginning of an archive.
   * @param visitor takes what is found
   */
  constructor(visitor: TarVisitor) {
    this.#visitor = visitor;
  }

  /**
   * Takes the next piece of the archive.
   * @throws {TarError} when the bytes are not such an archive
   */
  async push(chunk: Uint8Array): Promise<void> {
    let at = 0;
    while (at < chunk.byteLength) {
      const left = chunk.byteLength - at;
      if (this.#content > 0) {
        const take = Math.min(left, this.#content);
        await this.#visitor.data(chunk.subarray(at, at + take));
        this.#content -= take;
        at += take;
        if (this.#content === 0) await this.#close();
      } else if (this.#padding > 0) {
        const take = Math.min(left, this.#padding);
        if (chunk.subarray(at, at + take).some((byte) => byte !== 0)) {
          throw new TarError("Cannot read the archive: because padding is not zero");
        }
        this.#padding -= take;
        at += take;
      } else {
        const take = Math.min(left, BLOCK - this.#headerFill);
        this.#header.set(chunk.subarray(at, at + take), this.#headerFill);
        this.#headerFill += take;
        at += take;
        if (this.#headerFill === BLOCK) await this.#headerDone();
      }
    }
  }

  /**
   * Says that the archive has ended.
   * @throws {TarError} when the archive is not complete
   */
  end(): void {
    if (this.#zeroBlocks < 2 || this.#headerFill > 0 || this.#open) {
      throw new TarError("Cannot read the archive: because it ends too early");
    }
  }

  async #headerDone(): Promise<void> {
    this.#headerFill = 0;
    if (this.#header.every((byte) => byte === 0)) {
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks > 0) throw new TarError("Cannot read the archive: because it goes on");
    const entry = parseHeader(this.#header);
    await this.#visitor.entry(entry);
    this.#open = true;
    this.#content = entry.size_bytes;
    this.#padding = (BLOCK - entry.size_bytes % BLOCK) % BLOCK;
    if (this.#content === 0) await this.#close();
  }

  async #close(): Promise<void> {
    this.#open = false;
    await this.#visitor.endEntry();
  }
}

function parseHeader(block: Uint8Array): TarEntry {
  const stored = number(block, 148, 8);
  if (stored !== checksum(block)) {
    throw new TarError("Cannot read the archive: because a header's checksum is wrong");
  }
  const type = String.fromCharCode(block[156]);
  if (type !== TYPE_FILE && type !== TYPE_DIRECTORY) {
    throw new TarError(`Cannot read the archive: because it has an entry of type ${type}`);
  }
  const name = text(block, 0, NAME_BYTES).replace(/\/$/, "");
  const parts = name.split("/");
  const bad = parts.some((part) => part === "" || part === "." || part === "..");
  if (bad || !/^[A-Za-z0-9._\/-]+$/.test(name) || text(block, 345, 155) !== "") {
    throw new TarError(`Cannot read the archive: because of the name ${JSON.stringify(name)}`);
  }
  return {
    name,
    type: type === TYPE_FILE ? "file" : "directory",
    size_bytes: number(block, 124, 12),
    mtime_sec: number(block, 136, 12),
  };
}

/** Sum of the block's bytes with the checksum field taken as blanks. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i];
  return sum;
}

function put(block: Uint8Array, at: number, value: string): void {
  for (let i = 0; i < value.length; i++) block[at + i] = value.charCodeAt(i);
}

function octal(value: number, digits: number): string {
  return Math.max(0, Math.floor(value)).toString(8).padStart(digits, "0");
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function number(block: Uint8Array, at: number, length: number): number {
  const digits = text(block, at, length).trim();
  if (!/^[0-7]+$/.test(digits)) {
    throw new TarError("Cannot read the archive: because a number is not octal");
  }
  return parseInt(digits, 8);
}
