/**
 * The impact lab on two workloads of this host: a loop of reads and writes of one byte, and a compile.
 * `./aod lab run` measures both as a user would, with the embedded configuration: rounds without and
 * with the agent in turns, in pairs. This host has no cifs: what is measured is what the agent costs
 * beside measuring the host; requests of SMB are in vm-lab, vm-throughput and probe.
 *
 * The loop is nothing but system calls, the compile is what hosts do. The embedded configuration has
 * no tracers on: what these add to a call is in syscall-tracer, block-tracer and the log's.
 * @module
 */
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";
import { labFigures } from "./support/lab_results.ts";

const ROOT = new URL("../", import.meta.url).pathname;
/** By then the agent has done what only its start needs. */
const SETTLE_SEC = 3;

/** Compiled: the launcher's own sources, copied so that the command does not depend on the checkout. */
const SOURCES = `${ROOT}packaging/launcher/`;
const COMPILES =
  "for i in $(seq $0); do gcc -std=gnu11 -O2 -c -DAOD_V8_FLAGS='\"\"' *.c || exit 1; done";

interface Workload {
  name: string;
  argv: (quick: boolean) => string[];
}

const WORKLOADS: readonly Workload[] = [
  {
    name: "rw loop",
    argv: (quick) => [
      ...["dd", "if=/dev/zero", "of=/dev/null", "bs=1", `count=${quick ? 200_000 : 5_000_000}`],
      "status=none",
    ],
  },
  { name: "compile", argv: (quick) => ["sh", "-c", COMPILES, quick ? "1" : "8"] },
];

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, argv } of WORKLOADS) {
    const dir = Deno.makeTempDirSync({ prefix: "aod-bench-lab-" });
    try {
      say(`  ${name}`);
      figures.push(...labFigures(name, await labRun(dir, argv(quick), quick)));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  }
  return figures;
}

async function labRun(dir: string, argv: string[], quick: boolean) {
  for (const { name } of Deno.readDirSync(SOURCES)) {
    if (/\.[ch]$/.test(name)) Deno.copyFileSync(SOURCES + name, `${dir}/${name}`);
  }
  const { code } = await new Deno.Command(`${ROOT}aod`, {
    args: [
      ...["lab", "run", "--rounds", quick ? "3" : "10", "--settle", `${quick ? 0 : SETTLE_SEC}`],
      ...["--seed", "1", "-o", `${dir}/lab`, "--", ...argv],
    ],
    cwd: dir,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot measure: because aod lab run ended with ${code}`);
  return JSON.parse(Deno.readTextFileSync(`${dir}/lab/results.json`));
}

/** The benchmark, for bench/main.ts. */
export const labBenchmark: Benchmark = {
  name: "lab",
  about: "aod lab run: an rw loop and a compile with and without the agent, embedded configuration",
  root: true,
  run,
};
