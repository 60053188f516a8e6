/**
 * Why a trace ends: the first reason counts. A second signal ends the process at once.
 * @module
 */
import { EXIT, type ExitCode } from "../exit.ts";

const INTERRUPT: Deno.Signal[] = ["SIGINT"];
const TERMINATE: Deno.Signal[] = ["SIGTERM", "SIGHUP"];

/** Listens to signals and to a duration. */
export class Ending {
  /** Null while it goes on. */
  code: ExitCode | null = null;
  readonly #listeners: (() => void)[] = [];
  readonly #handlers: [Deno.Signal, () => void][];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#handlers = [
      ...INTERRUPT.map((name): [Deno.Signal, () => void] => [name, () => {
        this.#signal(EXIT.interrupted);
      }]),
      ...TERMINATE.map((name): [Deno.Signal, () => void] => [name, () => {
        this.#signal(EXIT.ok);
      }]),
    ];
    for (const [name, handler] of this.#handlers) Deno.addSignalListener(name, handler);
  }

  /** Ends it after this time from now. */
  after(seconds: number): void {
    this.#timer = setTimeout(() => this.end(EXIT.ok), seconds * 1000);
  }

  /** Ends it, unless it has ended. */
  end(code: ExitCode): void {
    if (this.code !== null) return;
    this.code = code;
    for (const listener of this.#listeners) listener();
  }

  /** Calls this when it ends. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Signals are no longer listened to. */
  close(): void {
    clearTimeout(this.#timer);
    for (const [name, handler] of this.#handlers) Deno.removeSignalListener(name, handler);
  }

  #signal(code: ExitCode): void {
    if (this.code !== null) Deno.exit(code);
    this.end(code);
  }
}
