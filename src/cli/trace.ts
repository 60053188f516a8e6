/**
 * `aod trace`: the kernel event log on the command line.
 * @module
 */
import { Option } from "commander";
import { EVENT_TYPES } from "../probe/event_log/event_types.ts";
import type { Command } from "./command.ts";
import { exitWith } from "./exit.ts";
import { parseSeconds } from "./live/options.ts";
import { printInfo, thisKernel } from "./trace/info.ts";
import { listTypes } from "./trace/list.ts";
import {
  DEFAULT_RING_MB,
  FORMATS,
  FSYNC_POLICIES,
  parseCgroup,
  parseComm,
  parseNumber,
  parsePids,
  parsePrefix,
  parseRingMb,
  parseTypes,
  parseUid,
  parseWhole,
  type TraceOptions,
} from "./trace/options.ts";
import { checkOptions, planOf } from "./trace/plan.ts";
import { replay } from "./trace/replay.ts";
import { traceLive } from "./trace/run.ts";

const EXAMPLES = `
Filters are applied in the kernel; all that are given must hold. aod itself and
what it starts are never logged. At the end stderr says where every event went.

Examples:
  sudo aod trace                                    everything, until Ctrl-C
  sudo aod trace -e file --path-prefix /srv         files below /srv
  sudo aod trace --only open,delete,connect --comm nginx
  sudo aod trace -e process --pid 1234 --follow-children --duration 10
  sudo aod trace -f json -o /var/log/aod/events.jsonl --rotate-mb 256 --keep 8
  sudo aod trace -f json -e file | jq -r .path
  sudo aod trace -f origin -o run.aodrec            the raw records, for later
  aod trace --read run.aodrec --only exec           prints them, without root
  aod trace -l rename                               what there is, by any word
  aod trace --info                                  what this kernel can do

Exit codes: 0 after --duration, SIGTERM or when nobody reads, 1 output failed
(disk full), 2 usage, 3 kernel not supported, 4 not root, 130 Ctrl-C.`;

/** Adds `trace` to the program. */
export function register(program: Command): void {
  const command = program.command("trace")
    .description("log every file, process, network and user event of the kernel")
    .addOption(
      new Option("-e <classes>", "all, file, process, network, user or types, as a list")
        .argParser(parseTypes).default([...EVENT_TYPES], "all"),
    )
    .addOption(
      new Option("-f <format>", "default: text on a terminal, json elsewhere").choices(FORMATS),
    )
    .option("-o <file>", "write to this file (0600) and not to stdout");
  fileOptions(command);
  filterOptions(command);
  command
    .option("--duration <seconds>", "stop after this time", parseSeconds)
    .addOption(
      new Option("--ring-mb <mb>", "size of the ring between kernel and aod")
        .argParser(parseRingMb).default(DEFAULT_RING_MB),
    )
    .option("--ledger <file>", "write the ledger of the end as JSON to this file")
    .option("--read <file>", "print what -f origin has written; filters apply")
    .option("-l [search]", "list the event types with their fields")
    .option("--info", "say what this kernel has of what is needed")
    .option("-d", "say on stderr what is attached, and counts every second")
    .addHelpText("after", EXAMPLES)
    .action(async (options: TraceOptions) => {
      if (options.l !== undefined) {
        listTypes(options.l === true ? "" : options.l, options.f === "json");
      } else if (options.info) exitWith(printInfo(thisKernel(), options.f === "json"));
      else {
        checkOptions(options);
        const plan = planOf(options);
        const { read } = options;
        exitWith(await (read === undefined ? traceLive(plan) : replay(read, plan)));
      }
    });
}

function fileOptions(command: Command): void {
  command
    .option(
      "--rotate-mb <mb>",
      "begin a new file before one gets longer",
      parseNumber(0.001, 1_000_000, "a number of megabytes above 0"),
    )
    .option(
      "--rotate-sec <seconds>",
      "begin a new file after this time",
      parseNumber(1, 2_000_000, "a number of seconds from 1"),
    )
    .addOption(
      new Option("--keep <n>", "rotated files that are kept")
        .argParser(parseWhole(0, 100_000, "a number of files from 0 to 100000")).default(8),
    )
    .option("--compress", "compress rotated files (zstd)")
    .addOption(
      new Option("--fsync <when>", "wait for the disk").choices(FSYNC_POLICIES).default("never"),
    );
}

function filterOptions(command: Command): void {
  command
    .option("--pid <pids>", "only these processes (thread groups)", parsePids)
    .option("--follow-children", "with --pid: what they start as well")
    .option("--uid <uid>", "only this real user id", parseUid)
    .option("--comm <name>", "only threads of this name", parseComm)
    .option("--cgroup <path>", "only this cgroup and what is below it", parseCgroup)
    .option("--path-prefix <path>", "only events on files below this path", parsePrefix)
    .option("--only <types>", "only these event types, such as open,delete", parseTypes)
    .option("--events-file <file>", "lines `name = on|off` that change what -e says");
}
