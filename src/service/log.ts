/**
 * The agent's own log on stderr: text or JSON, with levels, journal priorities under systemd, and
 * keys that speak once per interval. Writing is asynchronous and bounded, so that a reader that does
 * not read never stops the agent; what was given up is counted and said.
 * @module
 */
import { within } from "../os/within.ts";

/** How much a line matters, ascending. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";
/** Lines for people, or one JSON object each. */
export type LogFormat = "text" | "json";

const ORDER: readonly LogLevel[] = ["DEBUG", "INFO", "WARNING", "ERROR"];
/** Journal priorities (sd-daemon(3)), by level. */
const PRIORITY: Record<LogLevel, number> = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3 };
/** Lines that may wait for stderr. */
const MAX_WAITING_LINES = 1000;
/** Keys that {@linkcode Logger.once} remembers. */
const MAX_KEYS = 500;
const MAX_LINE_CHARS = 8192;

/** How to write. */
export interface LoggerOptions {
  /** Default text. */
  format?: LogFormat;
  /** Default INFO. */
  level?: LogLevel;
  /** Prefix `<N>` instead of a time: the journal adds its own. */
  journal?: boolean;
  /** Where lines go; stderr when absent. */
  write?: (line: Uint8Array) => Promise<void>;
  /** Milliseconds that never go back; for {@linkcode Logger.once}. */
  now?: () => number;
}

/**
 * A level by name in any case; `WARN` is `WARNING`.
 * @returns null for anything else
 */
export function parseLogLevel(text: string): LogLevel | null {
  const upper = text.trim().toUpperCase();
  const name = upper === "WARN" ? "WARNING" : upper;
  return ORDER.find((level) => level === name) ?? null;
}

/** Writes one line per call; never throws and never blocks. */
export class Logger {
  readonly #format: LogFormat;
  readonly #journal: boolean;
  readonly #write: (line: Uint8Array) => Promise<void>;
  readonly #now: () => number;
  readonly #lastByKey = new Map<string, { at: number; silenced: number }>();
  #level: number;
  #waiting: Uint8Array[] = [];
  #writing: Promise<void> | null = null;
  #dropped = 0;

  /** A log without lines; `options` says how it writes. */
  constructor(options: LoggerOptions = {}) {
    this.#format = options.format ?? "text";
    this.#journal = options.journal ?? false;
    this.#level = ORDER.indexOf(options.level ?? "INFO");
    this.#write = options.write ?? writeStderr;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Logs at DEBUG. */
  debug(component: string, text: string): void {
    this.log("DEBUG", component, text);
  }
  /** Logs at INFO. */
  info(component: string, text: string): void {
    this.log("INFO", component, text);
  }
  /** Logs at WARNING. */
  warning(component: string, text: string): void {
    this.log("WARNING", component, text);
  }
  /** Logs at ERROR. */
  error(component: string, text: string): void {
    this.log("ERROR", component, text);
  }

  /** Writes lines of this level and above from now on. */
  setLevel(level: LogLevel): void {
    this.#level = ORDER.indexOf(level);
  }

  /** Logs at a level. */
  log(level: LogLevel, component: string, text: string): void {
    if (ORDER.indexOf(level) < this.#level) return;
    if (this.#waiting.length >= MAX_WAITING_LINES) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(this.#encode(level, component, text));
    this.#writing ??= this.#drain();
  }

  /** Logs at most once per `intervalMs` for `key`; the next line says how many were kept back. */
  once(key: string, intervalMs: number, level: LogLevel, component: string, text: string): void {
    const now = this.#now();
    const last = this.#lastByKey.get(key);
    if (last !== undefined && now - last.at < intervalMs) {
      last.silenced++;
      return;
    }
    this.#lastByKey.delete(key);
    if (this.#lastByKey.size >= MAX_KEYS) {
      const oldest = this.#lastByKey.keys().next().value;
      if (oldest !== undefined) this.#lastByKey.delete(oldest);
    }
    this.#lastByKey.set(key, { at: now, silenced: 0 });
    const silenced = last?.silenced ?? 0;
    this.log(level, component, silenced > 0 ? `${text} (${silenced} more like this)` : text);
  }

  /** Resolves when what was logged so far is written, or after `timeoutMs`. */
  async flush(timeoutMs = 1000): Promise<void> {
    if (this.#writing !== null) await within(this.#writing, timeoutMs);
  }

  #encode(level: LogLevel, component: string, text: string): Uint8Array {
    return new TextEncoder().encode(this.#line(level, component, printable(text)) + "\n");
  }

  #line(level: LogLevel, component: string, text: string): string {
    if (this.#format === "json") {
      const time = new Date().toISOString();
      return JSON.stringify({ time, level, component, pid: Deno.pid, message: text });
    }
    if (this.#journal) return `<${PRIORITY[level]}>${component}: ${text}`;
    return `${new Date().toISOString()} ${level} ${component}: ${text}`;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      for (const line of lines) await this.#write(line).catch(() => this.#dropped++);
      if (this.#dropped > 0 && this.#waiting.length < MAX_WAITING_LINES) {
        const said = this.#dropped;
        const text = `Cannot write ${said} log lines: because stderr did not take them`;
        const taken = () => void (this.#dropped -= said);
        await this.#write(this.#encode("WARNING", "log", text)).then(taken, () => {});
      }
    }
    this.#writing = null;
  }
}

/** One line without control characters: what is logged may hold names that others chose. */
function printable(text: string): string {
  const cut = text.length > MAX_LINE_CHARS ? text.slice(0, MAX_LINE_CHARS) + "..." : text;
  return cut.replace(/\p{Cc}+/gu, " ");
}

async function writeStderr(line: Uint8Array): Promise<void> {
  let at = 0;
  while (at < line.length) at += await Deno.stderr.write(line.subarray(at));
}
