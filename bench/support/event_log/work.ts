/**
 * The workloads of the event log's benchmarks (work.c), built when first used.
 * @module
 */
import { getPriority } from "node:os";

const SOURCE = new URL("work.c", import.meta.url).pathname;
const PROGRAM = new URL("../../../build/bench/work", import.meta.url).pathname;

let built = false;

/** Path of the program. @throws Error with what gcc says */
export function workProgram(): string {
  if (built) return PROGRAM;
  Deno.mkdirSync(PROGRAM.slice(0, PROGRAM.lastIndexOf("/")), { recursive: true });
  const args = ["-O2", "-Wall", "-Wextra", "-o", PROGRAM, SOURCE];
  const { success, stderr } = new Deno.Command("gcc", { args }).outputSync();
  if (!success) throw new Error(`Cannot build work.c: ${new TextDecoder().decode(stderr)}`);
  built = true;
  return PROGRAM;
}

/** What a workload took. */
export interface WorkResult {
  calls: number;
  wall_ns: number;
  /** Of its thread; children are not in it. */
  cpu_ns: number;
  /** Times that it lost its processor while it could have gone on. */
  preempted: number;
}

/** A workload that waits to be told to begin; ended on disposal. */
export class Work implements AsyncDisposable {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  private constructor(args: string[]) {
    this.#child = new Deno.Command(workProgram(), {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#child.pid;
    this.#lines = this.#child.stdout.getReader();
  }

  /** Starts `work ARGS` and waits until it is ready. */
  static async start(...args: (string | number)[]): Promise<Work> {
    const work = new Work(args.map(String));
    await work.#line();
    return work;
  }

  /** Has it work, to its end. */
  async run(): Promise<WorkResult> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new Uint8Array(1));
    writer.releaseLock();
    return JSON.parse(await this.#line()) as WorkResult;
  }

  async #line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("Cannot measure: because the workload has ended");
      this.#text += new TextDecoder().decode(value);
    }
    const [line] = this.#text.split("\n", 1);
    this.#text = this.#text.slice(line.length + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/** Processes that take all the processor time they can get; ended on disposal. */
export class Hogs implements AsyncDisposable {
  readonly #children: Deno.ChildProcess[];

  constructor(count: number) {
    const args = ["spin"];
    this.#children = Array.from(
      { length: count },
      () => new Deno.Command(workProgram(), { args, stdin: "null" }).spawn(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all(this.#children.map((child) => child.status));
  }
}

/** The nice value that everything measured has; told with the figures, since it changes them. */
export function niceness(): number {
  return getPriority();
}
