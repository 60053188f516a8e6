/**
 * `aod snapshot`: a bundle now, without an anomaly.
 * @module
 */
import type { Command } from "./command.ts";
import * as z from "zod";
import { askAgent } from "./agent_request.ts";
import { printJson, printLine } from "./output.ts";

const EXAMPLES = `
Examples:
  sudo aod snapshot           take a bundle of the present state, print its path
  sudo aod snapshot --json    the same as one JSON object

Exit codes: 0 ok, 1 no agent runs or it cannot, 4 not root.`;

const sealedShape = z.object({
  id: z.string(),
  path: z.string(),
  bytes: z.number(),
  verdict: z.string(),
});

/** Waits for the sealed bundle longer than the agent does. */
const TIMEOUT_MS = 170_000;

/** Adds `snapshot` to the program. */
export function register(program: Command): void {
  program.command("snapshot")
    .description("ask the running agent for a bundle of the present state, wait until it is sealed")
    .option("--json", "print one JSON object")
    .option("--run-dir <dir>", "directory of the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: { json?: boolean; runDir?: string }) => {
      const sealed = sealedShape.parse(await askAgent("snapshot", options.runDir, TIMEOUT_MS));
      if (options.json) printJson(sealed);
      else printLine(sealed.path);
    });
}
