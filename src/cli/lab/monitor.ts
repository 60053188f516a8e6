/**
 * `aod lab monitor`: how busy the host is, as CSV.
 * @module
 */
import { Argument } from "commander";
import { measureSystem } from "../../lab/monitor/measure_system.ts";
import type { Command } from "../command.ts";
import { exitWith } from "../exit.ts";
import { parsePid } from "../live/options.ts";
import { measure, parseInterval, parseMinutes } from "./measuring.ts";

const EXAMPLES = `
Columns: Timestamp (ISO 8601, UTC), CPU_Percent (of all processors together),
Memory_Percent; with --pid Process_CPU_Percent (of one core) and Process_RSS_MB
(2^20 bytes). Each row is in the file once it is measured.

Examples:
  aod lab monitor                            every second for 5 minutes
  aod lab monitor 2 10                       every 2 seconds for 10 minutes
  aod lab monitor 5 30 -o baseline.csv       into a file of that name
  aod lab monitor --pid $(pidof -s aod)      with the agent's own share

Exit codes: 0 done or SIGTERM, 1 cannot go on (disk full), 2 usage, 130 Ctrl-C:
what was measured up to then is in the file.`;

interface MonitorOptions {
  pid?: number;
  output?: string;
}

/** Adds `monitor` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("monitor")
    .description("measure processors and memory of the host into a CSV file")
    .addArgument(
      new Argument("[interval_sec]", "seconds between two rows").argParser(parseInterval)
        .default(1),
    )
    .addArgument(
      new Argument("[minutes]", "how long").argParser(parseMinutes).default(5),
    )
    .option("--pid <pid>", "measure this process as well", parsePid)
    .option("-o, --output <file>", "default: system_usage_YYYYMMDD_HHMMSS.csv")
    .addHelpText("after", EXAMPLES)
    .action(async (interval_sec: number, minutes: number, { pid, output }: MonitorOptions) => {
      exitWith(
        await measure({
          what: "system_usage",
          command: "aod lab monitor",
          output,
          interval_sec,
          minutes,
          begin: () => measureSystem(pid ?? null),
        }),
      );
    });
}
