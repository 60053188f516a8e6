/**
 * `aod run`, and `aod` alone: the agent itself.
 * @module
 */
import { Option } from "commander";
import { EXIT, type ExitCode, ExitError, exitWith } from "./exit.ts";
import { runAgent } from "../service/agent.ts";
import { defaultParts } from "../service/default_parts.ts";
import { StartError, type StartProblem } from "../service/start_error.ts";
import type { Command } from "./command.ts";

const EXAMPLES = `
Examples:
  sudo aod                              run with the embedded configuration
  sudo aod --config /etc/aod.yaml       run with a configuration of your own
  sudo AOD_LOG_LEVEL=debug aod run --log-format json
  sudo aod run --minimal                watch SMB, and nothing else

Signals: SIGTERM and SIGINT (Ctrl-C) drain and stop, a second one at once;
SIGHUP reads the configuration again, SIGUSR1 takes a snapshot bundle.`;

interface RunOptions {
  config?: string;
  logFormat: "text" | "json";
  minimal?: boolean;
  runDir?: string;
}

const CODES: Record<StartProblem, ExitCode> = {
  config: EXIT.usage,
  not_root: EXIT.notRoot,
  unsupported: EXIT.unsupported,
  already_running: EXIT.internal,
  environment: EXIT.internal,
};

/** Adds `run` to the program. */
export function register(program: Command): void {
  program.command("run")
    .description("watch, detect and collect until stopped (the default command)")
    .option("-c, --config <file>", "configuration file; without it the embedded default")
    .addOption(
      new Option("--log-format <format>", "form of the log on stderr")
        .choices(["text", "json"])
        .default("text"),
    )
    .option(
      "--minimal",
      "no metrics, API or tracers whatever the configuration says, and no figures of its own but " +
        "the loss ledger (also AOD_MINIMAL=1)",
    )
    .option("--run-dir <dir>", "directory of the lock and the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: RunOptions) => {
      exitWith(await run(options) as ExitCode);
    });
}

async function run(options: RunOptions): Promise<number> {
  try {
    return await runAgent({
      configPath: options.config ?? null,
      logFormat: options.logFormat,
      minimal: options.minimal === true || Deno.env.get("AOD_MINIMAL") === "1",
      runDir: options.runDir,
      parts: defaultParts(),
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const line of error.details) console.error(line);
    throw new ExitError(CODES[error.problem], error.message);
  }
}
