/**
 * `aod smbslower`: slow requests as they happen.
 * @module
 */
import { Option } from "commander";
import type { Command } from "./command.ts";
import { exitWith } from "./exit.ts";
import { parseCommands, parseMilliseconds, parsePid, parseSeconds } from "./live/options.ts";
import { HUNG_MS, slowRequests } from "./live/rules.ts";
import { runLive } from "./live/run.ts";

const EXAMPLES = `
A request still in flight after ${HUNG_MS} ms (or MS, if that is more) is shown at
once with the status IN_FLIGHT, and again when it ends. CHANGE_NOTIFY and
blocking LOCK wait by design: they are shown only when -c names them. The last
line, on stderr, says what was seen, filtered and lost.

Examples:
  sudo aod smbslower                        requests of 10 ms and more
  sudo aod smbslower -m 100 -c READ,WRITE   slow reads and writes
  sudo aod smbslower -m 0 -p 1234 -d 5      all that process 1234 does in 5 s
  sudo aod smbslower --json | jq .latency_ms

Exit codes: 0 after -d or when nobody reads, 2 usage, 3 kernel not supported,
4 not root, 130 Ctrl-C.`;

interface Options {
  m: number;
  c?: number[];
  x?: number[];
  p?: number;
  d?: number;
  json?: boolean;
}

/** Adds `smbslower` to the program. */
export function register(program: Command): void {
  program.command("smbslower")
    .description("show slow SMB requests as they happen")
    .addOption(
      new Option("-m <ms>", "requests that took this long or longer")
        .argParser(parseMilliseconds).default(10),
    )
    .addOption(
      new Option("-c <commands>", "only these, such as READ,WRITE").argParser(parseCommands)
        .conflicts("x"),
    )
    .addOption(new Option("-x <commands>", "all but these").argParser(parseCommands))
    .option("-p <pid>", "only requests of this process", parsePid)
    .option("-d <seconds>", "stop after this time", parseSeconds)
    .option("--json", "one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(async ({ m, c, x, p, d, json }: Options) => {
      const wanted = slowRequests(m, c ?? null, x ?? []);
      exitWith(await runLive(wanted, { pid: p, duration_sec: d ?? null, json: json === true }));
    });
}
