/**
 * Why the agent did not start, with what decides its exit code.
 * @module
 */

/** What kept the agent from starting. */
export type StartProblem =
  | "config"
  | "not_root"
  | "already_running"
  | "unsupported"
  | "environment";

/** The agent cannot start; the message is one clear line. */
export class StartError extends Error {
  /** For messages. */
  override readonly name = "StartError";

  /**
   * An error with its kind and its lines.
   * @param problem decides the exit code
   * @param details more lines, such as every fault of a configuration
   */
  constructor(readonly problem: StartProblem, message: string, readonly details: string[] = []) {
    super(message);
  }
}
