/**
 * The workload with a trace on it, on this machine.
 * @module
 */
import { type Account, readAccount } from "./account.ts";
import { buildWorkload } from "./build.ts";
import { Trace, type Traced, Waiting } from "./trace_run.ts";

/** What a run came to. */
export interface TruthRun extends Traced {
  account: Account;
  /** The files that strace has written, by thread; empty without it. */
  strace: Map<number, string>;
}

/** How to run it. */
export interface TruthOptions {
  /** Only this scene of workload/main.c. */
  scene?: string;
  /** Arguments of strace that come before its output; undefined: without it. */
  strace?: string[];
  /** More options of `aod trace`. */
  trace?: string[];
}

async function readStrace(directory: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const { name } of Deno.readDirSync(directory)) {
    const tid = /^strace\.(\d+)$/.exec(name)?.[1];
    if (tid !== undefined) found.set(Number(tid), await Deno.readTextFile(`${directory}/${name}`));
  }
  return found;
}

/** Runs the workload from beginning to end. */
export async function runTruth(options: TruthOptions = {}): Promise<TruthRun> {
  const { workload, leaf } = buildWorkload();
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "aod-truth-" }));
  try {
    await Deno.mkdir(`${directory}/place`);
    await Deno.copyFile(leaf, `${directory}/place/leaf`);
    await Deno.chmod(`${directory}/place/leaf`, 0o755);
    const args = [`${directory}/place`, `${directory}/account`];
    if (options.scene !== undefined) args.push(options.scene);
    const program = options.strace === undefined
      ? await Waiting.start(workload, args)
      : await Waiting.start("strace", [
        ...options.strace,
        ...["-ff", "-o", `${directory}/strace`, workload],
        ...args,
      ]);
    const only = ["--pid", `${program.pid}`, "--follow-children", ...options.trace ?? []];
    const trace = await Trace.start(directory, only);
    await program.go();
    await program.end();
    const traced = await trace.end();
    const account = readAccount(await Deno.readTextFile(`${directory}/account`));
    return { ...traced, account, strace: await readStrace(directory) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
