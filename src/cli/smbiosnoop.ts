/**
 * `aod smbiosnoop`: failed requests as they happen.
 * @module
 */
import type { Command } from "./command.ts";
import { BENIGN_NTSTATUS, ntstatusName } from "../config/names/ntstatus.ts";
import { exitWith } from "./exit.ts";
import { parseCodes, parsePid, parseSeconds } from "./live/options.ts";
import { acceptsCodes, failedRequests } from "./live/rules.ts";
import { runLive } from "./live/run.ts";

const EXAMPLES = `
CODES are errno names (EACCES) and NTSTATUS names (STATUS_ACCESS_DENIED),
separated by commas.
Without -e every failure is shown but those that are no trouble:
${BENIGN_NTSTATUS.map((status) => `  ${ntstatusName(status)}`).join("\n")}
The last line, on stderr, says what was seen, filtered and lost.

Examples:
  sudo aod smbiosnoop                              all failures
  sudo aod smbiosnoop -e EACCES,STATUS_DISK_FULL   these only
  sudo aod smbiosnoop -p 1234 -d 10 --json

Exit codes: 0 after -d or when nobody reads, 2 usage, 3 kernel not supported,
4 not root, 130 Ctrl-C.`;

interface Options {
  e?: ReturnType<typeof parseCodes>;
  p?: number;
  d?: number;
  json?: boolean;
}

/** Adds `smbiosnoop` to the program. */
export function register(program: Command): void {
  program.command("smbiosnoop")
    .description("show failed SMB requests as they happen")
    .option("-e <codes>", "only these errno and NTSTATUS names", parseCodes)
    .option("-p <pid>", "only requests of this process", parsePid)
    .option("-d <seconds>", "stop after this time", parseSeconds)
    .option("--json", "one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(async ({ e, p, d, json }: Options) => {
      const live = { pid: p, duration_sec: d ?? null, json: json === true };
      exitWith(await runLive(failedRequests(e ?? null), live, acceptsCodes(e ?? null)));
    });
}
