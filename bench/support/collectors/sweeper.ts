/**
 * The programs that the collectors are measured against: sweep.c, built when first used, and sweep.py
 * where Python has psutil.
 * @module
 */

const SOURCE = new URL("sweep.c", import.meta.url).pathname;
const SCRIPT = new URL("sweep.py", import.meta.url).pathname;
const PROGRAM = new URL("../../../build/bench/sweep", import.meta.url).pathname;
/** Debian's own, which its python3-psutil is for. */
const PYTHON = "/usr/bin/python3";

/** What some sweeps took. */
export interface SweepCost {
  /** Of each sweep, user and system time. */
  cpu_ns: number;
  /** Processes that the last sweep found. */
  processes: number;
}

/** Builds the program. @throws Error with what gcc says */
export function buildSweep(): void {
  Deno.mkdirSync(PROGRAM.slice(0, PROGRAM.lastIndexOf("/")), { recursive: true });
  const args = ["-O2", "-Wall", "-Wextra", "-o", PROGRAM, SOURCE];
  const { success, stderr } = new Deno.Command("gcc", { args }).outputSync();
  if (!success) throw new Error(`Cannot build sweep.c: ${new TextDecoder().decode(stderr)}`);
}

/** Whether Debian's Python has psutil; its version. */
export function psutilVersion(): string | null {
  try {
    const args = ["-c", "import psutil; print(psutil.__version__)"];
    const { success, stdout } = new Deno.Command(PYTHON, { args, stderr: "null" }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}

/** A program that answers lines; ended on disposal. */
export class Sweeper implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** sweep.c, which reads. */
  static c(): Sweeper {
    return new Sweeper(PROGRAM, ["read"]);
  }

  /** sweep.py. */
  static psutil(): Sweeper {
    return new Sweeper(PYTHON, [SCRIPT]);
  }

  /** Processes that sleep, until disposal. */
  static async population(count: number): Promise<Sweeper> {
    const sweeper = new Sweeper(PROGRAM, ["population", String(count)]);
    await sweeper.#line();
    return sweeper;
  }

  /** Has it sweep. */
  async sweep(count: number): Promise<SweepCost> {
    await this.#writer.write(new TextEncoder().encode(`${count}\n`));
    const [cpu_ns, processes] = (await this.#line()).split(" ").map(Number);
    return { cpu_ns: cpu_ns / count, processes };
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("Cannot measure sweeps: because the program ended");
      this.#text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}
