/**
 * Exit codes, and how a subcommand sets one. A subcommand never calls `Deno.exit` itself: what it
 * wrote is flushed and what it opened is closed first.
 * @module
 */

/** The documented exit codes. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  unsupported: 3,
  notRoot: 4,
  interrupted: 130,
} as const;

/** One of the documented exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

let code: ExitCode = EXIT.ok;

/** Sets the code the process ends with once the subcommand has returned. */
export function exitWith(next: ExitCode): void {
  code = next;
}

/** The code set last; 0 when nothing set one. */
export function exitCode(): ExitCode {
  return code;
}

/** Thrown by a subcommand to end at once: the message goes to stderr as one line, without a stack. */
export class ExitError extends Error {
  /** Code the process ends with. */
  readonly exitCode: ExitCode;

  /** `message` is printed after `aod: `; an empty one prints nothing. */
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = "ExitError";
    this.exitCode = exitCode;
  }
}
