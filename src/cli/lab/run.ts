/**
 * `aod lab run`: what the agent costs a workload, measured in rounds with and without it.
 * @module
 */
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "../command.ts";
import { exitWith } from "../exit.ts";
import type { LabRunOptions } from "./run_options.ts";

const EXAMPLES = `
A pair is a round without and one with the agent; which is first is drawn. The
agent is this program, started for its rounds with the embedded configuration and
an output directory of its own (or with --config), and stopped after each. Nothing
else of aod may run meanwhile. The workload gets no shell unless --shell is given.

The directory of the output (0700) holds report.html, rounds.png,
comparison_graph.png, results.json, rounds.csv, and every sample in
baseline_system_usage.csv, with_aod_system_usage.csv, with_aod_disk_usage.csv.

Examples:
  sudo aod lab run --workload "make -C /src/app clean all" --rounds 10
  sudo aod lab run --rounds 8 -- fio /root/rw.fio
  sudo aod lab run --shell --workload 'tar c /srv | wc -c'
  sudo aod lab run --config /etc/aod.yaml --seed 1 -o /tmp/lab -- ./workload

Exit codes: 0 done, 1 the workload or the agent failed, 2 usage, 3 kernel not
supported, 4 not root, 130 Ctrl-C: the finished rounds are in the report.`;

/** Adds `run` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("run")
    .description("run a workload with and without the agent in turns, and report the difference")
    .argument("[command...]", "the workload with its arguments, behind --")
    .option("-w, --workload <command>", "the workload as one text, split like a shell does")
    .option("--shell", "hand the workload to /bin/sh -c")
    .addOption(whole("--rounds <n>", "pairs of rounds", 1, 1000).default(5))
    .addOption(whole("--warm-up <n>", "rounds before them that are not counted", 0, 100).default(1))
    .addOption(seconds("--interval <sec>", "between two samples", 0.1, 3600).default(1))
    .addOption(seconds("--settle <sec>", "pause before each round", 0, 3600).default(2))
    .addOption(seconds("--timeout <sec>", "longest time of a round", 0.1, 86_400).default(3600))
    .addOption(whole("--seed <n>", "of the order (drawn, and told)", 0, 2 ** 32 - 1))
    .option("-c, --config <file>", "the agent's configuration, with its own output directory")
    .option("-o, --output <dir>", "new or empty; default: aod_lab_YYYYMMDD_HHMMSS")
    .addHelpText("after", EXAMPLES)
    .action(async (command: string[], options: LabRunOptions) => {
      const { labRun } = await import("./run_workflow.ts");
      exitWith(await labRun(command, options));
    });
}

function whole(flags: string, text: string, least: number, most: number): Option {
  return ranged(flags, text, /^\d+$/, least, most, "a whole number");
}

function seconds(flags: string, text: string, least: number, most: number): Option {
  return ranged(flags, text, /^\d+(\.\d+)?$/, least, most, "seconds");
}

function ranged(
  flags: string,
  description: string,
  form: RegExp,
  least: number,
  most: number,
  what: string,
): Option {
  return new Option(flags, description).argParser((text) => {
    const value = form.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Allowed: ${what} from ${least} to ${most}.`);
  });
}
