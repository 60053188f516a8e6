/**
 * Asking the running agent, for the subcommands that do.
 * @module
 */
import type { ControlCommand } from "../service/socket/protocol.ts";
import { ask, NotRootError } from "../service/socket/client.ts";
import { EXIT, ExitError } from "./exit.ts";

/**
 * Sends a command to the running agent and returns its result.
 * @throws {ExitError} 1 when no agent runs or it cannot do it, 2 when a configuration is at fault, 4
 *   when only root may ask
 */
export async function askAgent(
  command: ControlCommand,
  runDir: string | undefined,
  timeout_ms: number,
): Promise<unknown> {
  const response = await ask(command, runDir, timeout_ms).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExitError(error instanceof NotRootError ? EXIT.notRoot : EXIT.internal, reason);
  });
  if (response.ok) return response.result;
  for (const line of response.details) console.error(line);
  throw new ExitError(response.details.length > 0 ? EXIT.usage : EXIT.internal, response.error);
}
