/**
 * A new file of a bundle that is being collected: mode 0600, never through a link, never over an
 * existing file; text goes through the redactor on its way.
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { RedactingStream, Redactor } from "./redact.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Opens a new 0600 file for writing. */
export async function openNew(path: string): Promise<FileHandle> {
  return await open(path, NEW_FILE, 0o600);
}

/** One output file. */
export class OutputFile {
  readonly #handle: FileHandle;
  readonly #filter: RedactingStream | null;

  private constructor(handle: FileHandle, filter: RedactingStream | null) {
    this.#handle = handle;
    this.#filter = filter;
  }

  /** `redactor: null` writes the bytes as they are (packet captures). */
  static async create(path: string, redactor: Redactor | null): Promise<OutputFile> {
    return new OutputFile(await openNew(path), redactor?.stream() ?? null);
  }

  /** Appends bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#all(this.#filter === null ? bytes : this.#filter.push(bytes));
  }

  /** Appends text. */
  async print(text: string): Promise<void> {
    await this.write(new TextEncoder().encode(text));
  }

  /** Writes what is held back and closes the file. */
  async close(): Promise<void> {
    try {
      if (this.#filter !== null) await this.#all(this.#filter.end());
    } finally {
      await this.#handle.close();
    }
  }

  async #all(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.byteLength) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.byteLength - at);
      if (bytesWritten === 0) throw new Error("Cannot write: because nothing was taken");
      at += bytesWritten;
    }
  }
}

/** Writes a small text file at once: 0600, new, redacted unless `redactor` is null. */
export async function writeText(
  path: string,
  text: string,
  redactor: Redactor | null,
): Promise<void> {
  const file = await OutputFile.create(path, redactor);
  try {
    await file.print(text);
  } finally {
    await file.close();
  }
}
