/**
 * Ctrl-C and SIGTERM as an abort signal: what runs ends in order, and a second one ends at once.
 * @module
 */
import { EXIT, type ExitCode } from "../exit.ts";

const CODES: [Deno.Signal, ExitCode][] = [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.ok],
  ["SIGHUP", EXIT.ok],
];

/** Listens until closed. */
export class StopSignal {
  readonly #controller = new AbortController();
  readonly #handlers: [Deno.Signal, () => void][];
  #code: ExitCode | null = null;

  /** `atOnce` is called at the second signal, before the process ends. */
  constructor(atOnce: () => void = () => {}) {
    this.#handlers = CODES.map(([name, code]) => [name, () => {
      if (this.#code !== null) {
        atOnce();
        Deno.exit(code);
      }
      this.#code = code;
      this.#controller.abort();
    }]);
    for (const [name, handler] of this.#handlers) Deno.addSignalListener(name, handler);
  }

  /** Aborted by the first signal. */
  get abort(): AbortSignal {
    return this.#controller.signal;
  }

  /** Exit code of the signal that came; null where none did. */
  get code(): ExitCode | null {
    return this.#code;
  }

  /** Signals are no longer listened to. */
  close(): void {
    for (const [name, handler] of this.#handlers) Deno.removeSignalListener(name, handler);
  }
}
