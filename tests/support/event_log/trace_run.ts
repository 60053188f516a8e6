/**
 * Runs a program with `aod trace` on it, on this machine: the program waits until the trace has begun.
 * @module
 */
import { type Log, readLog } from "./compare.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const DECODER = new TextDecoder();

/** What `aod trace --ledger` writes; counts that fit a double. */
export interface Ledger {
  seen: number;
  written: number;
  filtered: number;
  own: number;
  dropped: Record<string, number>;
  dropped_per_cpu: { cpu: number; ring_full: number; scratch: number }[];
  compat: number;
  no_storage: number;
  paths_lost: number;
}

/** Sum of what was dropped, whatever the cause. */
export function droppedOf({ dropped }: Ledger): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** `seen` less what it is made of: 0 in an exact ledger. */
export function imbalanceOf(ledger: Ledger): number {
  const { seen, written, filtered, own } = ledger;
  return seen - written - filtered - own - droppedOf(ledger);
}

/** Text of a stream as it comes. */
class Text {
  text = "";
  isEnded = false;
  readonly ended: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      this.text += DECODER.decode(chunk);
      this.#changed?.();
    }
    this.isEnded = true;
    this.#changed?.();
  }

  #changed: (() => void) | undefined;

  /** Waits for what matches. @throws Error where the stream ends before */
  async until(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = what.exec(this.text);
      if (match !== null) return match;
      if (this.isEnded) {
        throw new Error(`Cannot find ${what}: because there was only: ${this.text}`);
      }
      await Promise.race([this.ended, new Promise<void>((resolve) => this.#changed = resolve)]);
    }
  }
}

/** A program that prints its process id, then waits for a line on its standard input. */
export class Waiting {
  readonly #child: Deno.ChildProcess;
  readonly #out: Text;
  readonly #err: Text;
  /** The process to trace. */
  pid = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#out = new Text(child.stdout);
    this.#err = new Text(child.stderr);
  }

  /** Starts it and reads its process id, which is another one where it runs under strace. */
  static async start(command: string, args: string[], cwd?: string): Promise<Waiting> {
    const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const waiting = new Waiting(new Deno.Command(command, { args, cwd, ...piped }).spawn());
    try {
      waiting.pid = Number((await waiting.#out.until(/^(\d+)\n/))[1]);
    } catch (error) {
      // It has said why on the other stream, or says where it waits when it is killed.
      if (!waiting.#out.isEnded) waiting.#child.kill("SIGKILL");
      await waiting.#err.ended;
      throw new Error(`${error instanceof Error ? error.message : error}${waiting.#err.text}`);
    }
    return waiting;
  }

  /** Lets it go on. */
  async go(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new Uint8Array([10]));
    await writer.close();
  }

  /** Its output; @throws Error where it fails */
  async end(): Promise<string> {
    const { success, code } = await this.#child.status;
    await Promise.all([this.#out.ended, this.#err.ended]);
    if (success) return this.#out.text;
    throw new Error(`Cannot use the workload: because it exited ${code}: ${this.#err.text}`);
  }
}

/** A trace and what it came to. */
export interface Traced {
  log: Log;
  ledger: Ledger;
  stderr: string;
}

/** `aod trace`, from the sources. */
export class Trace {
  readonly #child: Deno.ChildProcess;
  readonly #err: Text;
  readonly #directory: string;

  readonly #keeps: boolean;

  private constructor(child: Deno.ChildProcess, directory: string, keeps: boolean) {
    this.#child = child;
    this.#err = new Text(child.stderr);
    this.#directory = directory;
    this.#keeps = keeps;
  }

  /**
   * Starts it, its output in `directory`, and waits until it traces.
   * @param keep false: the events go to /dev/null; they are counted all the same
   */
  static async start(directory: string, options: string[], keep = true): Promise<Trace> {
    const output = ["-f", "json", "--ledger", `${directory}/ledger`];
    if (keep) output.push("-o", `${directory}/log`);
    const args = ["run", "-A", "--quiet", `${ROOT}main.ts`, "trace", ...output, ...options];
    const command = new Deno.Command(Deno.execPath(), {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    });
    const trace = new Trace(command.spawn(), directory, keep);
    await trace.#err.until(/: logging \d+ event types/);
    return trace;
  }

  /** Stops it where it is: it reads nothing until it is let go on. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it, as Ctrl-C does. */
  async end(): Promise<Traced> {
    this.#child.kill("SIGINT");
    const { code } = await this.#child.status;
    await this.#err.ended;
    if (code !== 130) {
      throw new Error(`Cannot use the trace: because it exited ${code}: ${this.#err.text}`);
    }
    const text = this.#keeps ? await Deno.readTextFile(`${this.#directory}/log`) : "";
    const log = readLog(text);
    const ledger: Ledger = JSON.parse(await Deno.readTextFile(`${this.#directory}/ledger`));
    return { log, ledger, stderr: this.#err.text };
  }
}
