/**
 * The audit trail: `audit.jsonl` in the output directory, one JSON object a line, mode 0600, at most
 * five files of 10 MB (`audit.jsonl`, `.1` ... `.4`). Written in order, off the thread; a failure is
 * counted and told once, and never stops the agent.
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";

/** Where and how much. */
export interface AuditOptions {
  /** Directory of the files; must exist. */
  directory: string;
  /** Size at which a new file begins. */
  max_bytes?: number;
  /** Files in all, the current one included. */
  files?: number;
  /** Called with every failure. */
  onFailure?: (reason: string) => void;
  /** Wall-clock time of an entry. */
  wallTime?: () => Date;
}

const MAX_WAITING = 2000;
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** Appends audit entries. */
export class AuditLog {
  readonly #path: string;
  readonly #max_bytes: number;
  readonly #files: number;
  readonly #onFailure: (reason: string) => void;
  readonly #wallTime: () => Date;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;
  #file: FileHandle | null = null;
  #bytes = 0;

  /** Opens the file with the first entry. */
  constructor(options: AuditOptions) {
    this.#path = `${options.directory}/audit.jsonl`;
    this.#max_bytes = options.max_bytes ?? 10 * 1024 * 1024;
    this.#files = options.files ?? 5;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#wallTime = options.wallTime ?? (() => new Date());
  }

  /** Queues an entry; bigint fields become decimal strings. */
  write(event: string, fields: Record<string, unknown> = {}): void {
    if (this.#waiting.length >= MAX_WAITING) return this.#onFailure("too many entries wait");
    const entry = { time: this.#wallTime().toISOString(), event, pid: Deno.pid, ...fields };
    const line = JSON.stringify(
      entry,
      (_key, value) => typeof value === "bigint" ? value.toString() : value,
    );
    this.#waiting.push(line + "\n");
    this.#writing ??= this.#drain();
  }

  /** Resolves when what was given so far is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    await this.#letGo();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      for (const line of lines) {
        try {
          await this.#append(new TextEncoder().encode(line));
        } catch (error) {
          await this.#letGo();
          this.#onFailure(error instanceof Error ? error.message : String(error));
        }
      }
    }
    this.#writing = null;
  }

  /** What was written is written: an error of closing changes nothing. */
  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => {});
  }

  async #append(line: Uint8Array): Promise<void> {
    // Who deletes the file or its directory gets a new one, not entries in a file without a name.
    if (this.#file !== null && (await this.#file.stat()).nlink === 0) await this.#letGo();
    if (this.#file === null) {
      this.#file = await open(this.#path, FLAGS, 0o600);
      this.#bytes = (await this.#file.stat()).size;
    }
    if (this.#bytes > 0 && this.#bytes + line.length > this.#max_bytes) {
      await this.#rotate();
    }
    await this.#writeWhole(this.#file!, line);
    this.#bytes += line.length;
  }

  /** A full file system may take the beginning of a line: that goes again, or it spoils the next. */
  async #writeWhole(file: FileHandle, line: Uint8Array): Promise<void> {
    try {
      await file.writeFile(line);
    } catch (error) {
      await file.truncate(this.#bytes);
      throw error;
    }
  }

  async #rotate(): Promise<void> {
    await this.#letGo();
    await unlink(`${this.#path}.${this.#files - 1}`).catch(ignoreMissing);
    for (let i = this.#files - 2; i >= 1; i--) {
      await rename(`${this.#path}.${i}`, `${this.#path}.${i + 1}`).catch(ignoreMissing);
    }
    await rename(this.#path, `${this.#path}.1`);
    this.#file = await open(this.#path, FLAGS | constants.O_EXCL, 0o600);
    this.#bytes = 0;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
