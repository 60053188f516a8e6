/**
 * `aod status`: what the running agent is doing.
 * @module
 */
import type { Command } from "./command.ts";
import type { AgentStatus } from "../service/status.ts";
import { askAgent } from "./agent_request.ts";
import { printJson, printLine } from "./output.ts";
import { statusLines } from "./status_text.ts";

const EXAMPLES = `
Examples:
  sudo aod status           components, rates, actions, ledger, newest bundles
  sudo aod status --json    the same as one JSON object

Exit codes: 0 ok, 1 no agent runs, 4 not root.`;

/** Adds `status` to the program. */
export function register(program: Command): void {
  program.command("status")
    .description("ask the running agent what it is doing")
    .option("--json", "print one JSON object")
    .option("--run-dir <dir>", "directory of the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: { json?: boolean; runDir?: string }) => {
      const status = await askAgent("status", options.runDir, 10_000);
      if (options.json) return printJson(status);
      // Both ends are one program; an agent of another version is asked with --json.
      for (const line of statusLines(status as AgentStatus)) printLine(line);
    });
}
