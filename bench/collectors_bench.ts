/**
 * One sweep of all collectors over a host with some 150 processes: processor time, user and system,
 * beside a C program that reads the same files and does nothing with them, and beside psutil where
 * it is installed (Debian: python3-psutil). All in turns.
 * @module
 */
import { cpuUsage } from "node:process";
import { type Collector, HOST } from "../src/collect/collector.ts";
import { COLLECTORS } from "../src/collect/registry.ts";
import { buildSweep, psutilVersion, Sweeper } from "./support/collectors/sweeper.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";

/** Processes on the host while it is measured. */
const PROCESSES = 150;
/** Sweeps of a turn; psutil is slow. */
const SWEEPS = 100;
const PSUTIL_SWEEPS = 10;
/** Turns before the first that counts: the compiler is done with all by then. */
const WARM_TURNS = 10;

/** Microseconds of processor time of this process for each of some sweeps. */
function sweepUs(collectors: readonly Collector[], count: number): number {
  const begun = cpuUsage();
  for (let i = 0; i < count; i++) for (const collector of collectors) collector.sample();
  const { user, system } = cpuUsage(begun);
  return (user + system) / count;
}

/** Each collector alone. */
function byCollector(collectors: readonly Collector[]): Record<string, number> {
  return Object.fromEntries(
    collectors.map((collector) => [
      `${collector.name}_us`,
      Math.round(sweepUs([collector], SWEEPS)),
    ]),
  );
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  buildSweep();
  const version = psutilVersion();
  if (version === null) say("psutil left out: it is not installed (python3-psutil)");
  await using c = Sweeper.c();
  const missing = Math.max(0, PROCESSES - (await c.sweep(1)).processes);
  await using _population = await Sweeper.population(missing);
  await using psutil = version === null ? null : Sweeper.psutil();
  const collectors = COLLECTORS.map(({ make }) => make(HOST));
  const [ours, theirs, pythons]: [number[], number[], number[]] = [[], [], []];
  let processes = 0;
  const turns = quick ? 10 : 60;
  for (let turn = -WARM_TURNS; turn < turns; turn++) {
    const us = sweepUs(collectors, SWEEPS);
    const cost = await c.sweep(SWEEPS);
    const python = await psutil?.sweep(PSUTIL_SWEEPS);
    if (turn < 0) continue;
    ours.push(us);
    theirs.push(cost.cpu_ns / 1000);
    if (python !== undefined) pythons.push(python.cpu_ns / 1000);
    processes = cost.processes;
  }
  const ratio = (others: number[]) => median(ours.map((us, i) => us / others[i]));
  const figures: Figure[] = [
    {
      name: "sweep of all collectors",
      value: median(ours),
      unit: "us of CPU",
      detail: { processes, turns, ...byCollector(collectors) },
    },
    { name: "C program, the same files read", value: median(theirs), unit: "us of CPU" },
    { name: "collectors / C program", value: ratio(theirs), unit: "x", target: { at_most: 1.5 } },
  ];
  if (version !== null) {
    figures.push(
      { name: "psutil", value: median(pythons), unit: "us of CPU", detail: { version } },
      { name: "collectors / psutil", value: ratio(pythons), unit: "x", target: { at_most: 0.25 } },
    );
  }
  return figures;
}

/** The collectors of host metrics. */
export const collectorsBenchmark: Benchmark = {
  name: "collectors",
  about: "one sweep of all collectors with about 150 processes, beside C and psutil",
  run,
};
