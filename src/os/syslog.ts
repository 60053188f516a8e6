/**
 * syslog(3) by FFI. The call runs off the thread, one at a time and in order, because a full
 * /dev/log socket can block it; what waits is bounded and what did not fit is counted.
 * @module
 */
import { cString } from "./libc.ts";
import { within } from "./within.ts";

/** Priorities of syslog(3), from <syslog.h>. */
export const LOG_ALERT = 1;
/** Error conditions. */
export const LOG_ERR = 3;
/** Warning conditions. */
export const LOG_WARNING = 4;
/** Informational. */
export const LOG_INFO = 6;

const LOG_PID = 0x01;
const LOG_NDELAY = 0x08;
const LOG_DAEMON = 3 << 3;
/** Messages that may wait for a slow /dev/log. */
const MAX_WAITING = 256;

const SYMBOLS = {
  openlog: { parameters: ["buffer", "i32", "i32"], result: "void" },
  syslog: { parameters: ["i32", "buffer", "buffer"], result: "void", nonblocking: true },
  closelog: { parameters: [], result: "void" },
} as const;

/** A connection to the system log under one identity. */
export class Syslog {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  /** openlog(3) keeps the pointer: the ident must live as long as the connection. */
  readonly #ident: Uint8Array<ArrayBuffer>;
  readonly #format = cString("%s");
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #dropped = 0;

  /**
   * Opens the connection to the system log.
   * @param ident name in front of every message
   */
  constructor(ident = "aod") {
    this.#library = Deno.dlopen("libc.so.6", SYMBOLS);
    this.#ident = cString(ident);
    this.#library.symbols.openlog(this.#ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
  }

  /** Messages that were given up because the system log did not take them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Queues a message; never blocks and never throws. Line breaks and NUL become spaces. */
  log(priority: number, message: string): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    const text = cString(message.replace(/[\0\r\n]+/g, " "));
    this.#waiting++;
    this.#tail = this.#tail
      .then(() => this.#library.symbols.syslog(LOG_DAEMON | priority, this.#format, text))
      .catch(() => {
        this.#dropped++;
      })
      .then(() => {
        this.#waiting--;
      });
  }

  /** Resolves when everything queued so far has been handed over, or after `timeout_ms`. */
  async flush(timeout_ms = 1000): Promise<void> {
    if (this.#waiting > 0) await within(this.#tail, timeout_ms);
  }
}
