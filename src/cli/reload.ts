/**
 * `aod reload`: the running agent reads its configuration again.
 * @module
 */
import type { Command } from "./command.ts";
import * as z from "zod";
import { askAgent } from "./agent_request.ts";
import { printJson, printLine } from "./output.ts";

const EXAMPLES = `
Examples:
  sudo aod reload           read the configuration again and print what changed
  sudo aod reload --json    one JSON object a changed key

A file at fault changes nothing: its faults are printed and the exit code is 2.
Exit codes: 0 ok, 1 no agent runs, 2 the configuration is at fault, 4 not root.`;

const resultShape = z.object({
  changes: z.array(z.object({
    path: z.string(),
    from: z.string(),
    to: z.string(),
    restart: z.boolean(),
  })),
});

/** Adds `reload` to the program. */
export function register(program: Command): void {
  program.command("reload")
    .description("make the running agent read its configuration again")
    .option("--json", "print one JSON object a changed key")
    .option("--run-dir <dir>", "directory of the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: { json?: boolean; runDir?: string }) => {
      const { changes } = resultShape.parse(await askAgent("reload", options.runDir, 20_000));
      if (options.json) return changes.forEach(printJson);
      if (changes.length === 0) printLine("nothing changed");
      for (const { path, from, to, restart } of changes) {
        printLine(`${path}: ${from} -> ${to}${restart ? " (in force after a restart)" : ""}`);
      }
    });
}
