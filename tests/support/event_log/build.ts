/**
 * Builds the C programs of the event log's tests: static, so that they run in a guest without libc.
 * @module
 */
import { createHash } from "node:crypto";

const HERE = new URL(".", import.meta.url).pathname;
const ROOT = new URL("../../../", import.meta.url).pathname;
const BUILD = `${ROOT}build/test/event_log`;

const STATIC = ["-static", "-O1", "-Wall", "-Wextra", "-Werror"];
const WITHOUT_LIBC = ["-nostdlib", "-ffreestanding", "-fno-stack-protector"];

/** The workload and the program that it executes. */
export interface Workload {
  /** `workload DIRECTORY ACCOUNT [SCENE]`, see workload/main.c. */
  workload: string;
  /** To be copied into DIRECTORY. */
  leaf: string;
}

function sourcesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`).sort();
}

/** Compiles `sources` unless that has been done with the same `inputs`; the program's path. */
export function compile(
  name: string,
  sources: string[],
  inputs: string[],
  flags: string[],
): string {
  const hash = createHash("sha256").update(flags.join("\0"));
  for (const path of inputs) hash.update(path).update(Deno.readFileSync(path));
  const program = `${BUILD}/${name}.${hash.digest("hex").slice(0, 16)}`;
  try {
    Deno.statSync(program);
    return program;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(BUILD, { recursive: true });
  const temporary = `${program}.${crypto.randomUUID()}`;
  const args = [...flags, "-o", temporary, ...sources];
  const { success, stderr } = new Deno.Command("gcc", { args }).outputSync();
  if (!success) {
    throw new Error(`Cannot build ${name}: because gcc says: ${new TextDecoder().decode(stderr)}`);
  }
  Deno.renameSync(temporary, program);
  return program;
}

/** Builds `rw PROCESSES ROUNDS`, see rw/rw.c. @throws Error with what gcc says */
export function buildRw(): string {
  const source = `${HERE}rw/rw.c`;
  return compile("rw", [source], [source], STATIC);
}

/** Builds the workload. @throws Error with what gcc says */
export function buildWorkload(): Workload {
  const all = sourcesOf(`${HERE}workload`);
  const leaf = `${HERE}workload/leaf.c`;
  const sources = all.filter((path) => path.endsWith(".c") && path !== leaf);
  return {
    workload: compile("workload", sources, all, STATIC),
    leaf: compile("leaf", [leaf], [leaf, `${HERE}workload/sys.h`], [...STATIC, ...WITHOUT_LIBC]),
  };
}
