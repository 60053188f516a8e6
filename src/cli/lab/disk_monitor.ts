/**
 * `aod lab disk-monitor`: how the output directory grows, as CSV.
 * @module
 */
import { Argument } from "commander";
import { resolve } from "node:path";
import { measureDisk } from "../../lab/monitor/measure_disk.ts";
import type { Command } from "../command.ts";
import { exitWith } from "../exit.ts";
import { measure, parseInterval, parseMinutes } from "./measuring.ts";

const EXAMPLES = `
Columns: Timestamp (ISO 8601, UTC), Disk_Usage_MB (2^20 bytes, blocks of the disk
as du counts them), Apparent_MB (lengths of the files), Files. Hard links count
once; symbolic links and other file systems are not followed.

Examples:
  aod lab disk-monitor                            every 5 seconds until Ctrl-C
  aod lab disk-monitor 10 30                      every 10 seconds for 30 minutes
  aod lab disk-monitor 2 --dir /srv/aod -o d.csv  another directory

Exit codes: 0 done, SIGTERM, or Ctrl-C where no MINUTES are given; 1 cannot go on
(disk full), 2 usage, 130 Ctrl-C before MINUTES were over. What was measured up to
then is in the file.`;

interface DiskMonitorOptions {
  dir?: string;
  output?: string;
}

/** Adds `disk-monitor` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("disk-monitor")
    .description("measure the growth of the output directory into a CSV file")
    .addArgument(
      new Argument("[interval_sec]", "seconds between two rows").argParser(parseInterval)
        .default(5),
    )
    .addArgument(
      new Argument("[minutes]", "how long; without it until Ctrl-C").argParser(parseMinutes),
    )
    .option("--dir <dir>", "default: aod_output_dir of the embedded configuration")
    .option("-o, --output <file>", "default: disk_usage_YYYYMMDD_HHMMSS.csv")
    .addHelpText("after", EXAMPLES)
    .action(
      async (
        interval_sec: number,
        minutes: number | undefined,
        { dir, output }: DiskMonitorOptions,
      ) => {
        const directory = dir === undefined ? await defaultDirectory() : resolve(dir);
        exitWith(
          await measure({
            what: "disk_usage",
            command: "aod lab disk-monitor",
            output,
            interval_sec,
            minutes: minutes ?? null,
            begin: () => measureDisk(directory),
          }),
        );
      },
    );
}

async function defaultDirectory(): Promise<string> {
  const { loadConfig } = await import("../../evidence/configuration.ts");
  return loadConfig(null).config.aod_output_dir;
}
