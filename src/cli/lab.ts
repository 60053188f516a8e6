/**
 * `aod lab`: measures what a workload costs with and without the agent, and compares. Its
 * subcommands are in lab/, one file and one line below each.
 * @module
 */
import type { Command } from "./command.ts";
import { register as registerCompare } from "./lab/compare.ts";
import { register as registerCompareRanges } from "./lab/compare_ranges.ts";
import { register as registerDiskMonitor } from "./lab/disk_monitor.ts";
import { register as registerDiskPlot } from "./lab/disk_plot.ts";
import { register as registerMonitor } from "./lab/monitor.ts";
import { register as registerRun } from "./lab/run.ts";

/** Adds one subcommand to `aod lab`. What is heavy (charts, fonts) its action imports when it runs. */
type Register = (lab: Command) => void;

/** In the order of `aod lab --help`. */
const LAB_COMMANDS: readonly Register[] = [
  registerMonitor,
  registerDiskMonitor,
  registerRun,
  registerCompare,
  registerCompareRanges,
  registerDiskPlot,
];

const EXAMPLES = `
Examples:
  aod lab monitor 1 5                 processors and memory, every second for 5 minutes
  aod lab disk-monitor 5              growth of the output directory, until Ctrl-C
  sudo aod lab run --workload "CMD"   all of it in rounds with and without the agent
  aod lab compare baseline.csv with_aod.csv
                                      averages, charts, and whether it is more than noise
  aod lab compare-ranges baseline.csv with_aod.csv --ranges 0-60,60-120
                                      the same for parts of the time
  aod lab disk-plot disk_usage.csv    growth of the output directory

Exit codes: 0 ok, 1 a file cannot be written, 2 usage or a bad file, 130 interrupted.`;

/** Adds `lab` to the program. */
export function register(program: Command): void {
  const lab = program.command("lab")
    .description("measure what the agent costs, and compare")
    .addHelpText("after", EXAMPLES);
  for (const add of LAB_COMMANDS) add(lab);
}
