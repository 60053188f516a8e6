/**
 * `aod token`: the API's bearer token.
 * @module
 */
import type { Command } from "./command.ts";
import { readToken } from "../api/token_file.ts";
import { apiTokenPath } from "../config/platform.ts";
import { loadConfig } from "../evidence/configuration.ts";
import { effectiveUid } from "../os/process.ts";
import { runningPlatform } from "./agent_api.ts";
import { EXIT, ExitError } from "./exit.ts";
import { printJson, printLine } from "./output.ts";

const EXAMPLES = `
Examples:
  sudo aod token                              of the agent that runs, else of the embedded default
  sudo aod token --config /etc/aod.yaml       of a configuration
  curl -H "Authorization: Bearer $(sudo aod token)" http://127.0.0.1:8000/stats

The token is made when the API starts for the first time. Remove its file and restart the agent to
get another one; the sessions of the page end with it.

Exit codes: 0 ok, 1 there is none, 2 the configuration is at fault, 4 not root.`;

interface TokenOptions {
  config?: string;
  json?: boolean;
  runDir?: string;
}

async function token({ config, json, runDir }: TokenOptions): Promise<void> {
  if (effectiveUid() !== 0) {
    throw new ExitError(EXIT.notRoot, "Cannot read the token: because aod needs root (use sudo)");
  }
  const running = config === undefined ? await runningPlatform(runDir) : null;
  const path = running?.token_file ?? apiTokenPath(loadConfig(config ?? null).config);
  const found = readToken(path);
  if (found === null) {
    throw new ExitError(
      EXIT.internal,
      `Cannot read the token: because ${path} is not there (it is made when the API starts)`,
    );
  }
  if (json) printJson({ token: found, file: path, api: running?.api ?? [] });
  else printLine(found);
}

/** Adds `token` to the program. */
export function register(program: Command): void {
  program.command("token")
    .description("print the bearer token of the API")
    .option("-c, --config <file>", "configuration that names the token's file")
    .option("--json", "print one JSON object with the file")
    .option("--run-dir <dir>", "directory of the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(token);
}
