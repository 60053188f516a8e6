/**
 * Runs `./aod trace` and a workload that waits for it.
 * @module
 */
import assert from "node:assert/strict";
import { AOD } from "./program.ts";

const ENV = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

/** A trace that came to its end. */
export interface TraceOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A running trace. */
export class Trace {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  readonly #logging = Promise.withResolvers<void>();

  private constructor(args: string[], stdout: "piped" | "null") {
    this.#child = new Deno.Command(AOD, {
      args: ["trace", ...args],
      clearEnv: true,
      env: ENV,
      stdin: "null",
      stdout,
      stderr: "piped",
    }).spawn();
    this.#stdout = stdout === "piped"
      ? new Response(this.#child.stdout).text()
      : Promise.resolve("");
    this.#stderr = this.#listen();
  }

  /** Starts it; fulfilled when it logs. */
  static async start(args: string[], stdout: "piped" | "null" = "piped"): Promise<Trace> {
    const trace = new Trace(args, stdout);
    await trace.#logging.promise;
    return trace;
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async end(): Promise<TraceOutcome> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.#child.status,
      this.#stdout,
      this.#stderr,
    ]);
    return { code, stdout, stderr };
  }

  /** Ends it by SIGTERM. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<TraceOutcome> {
    this.kill(signal);
    return await this.end();
  }

  async #listen(): Promise<string> {
    let text = "";
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (/^aod trace: logging /m.test(text)) this.#logging.resolve();
    }
    this.#logging.reject(new Error(text));
    return text;
  }
}

/** A shell that waits for a line before it works, so that it can be told to a trace by its pid. */
export class Workload {
  readonly #child: Deno.ChildProcess;

  /** @param script what it does, in a directory of its own */
  constructor(script: string, directory: string) {
    this.#child = new Deno.Command("/bin/bash", {
      args: ["-c", `read -r go; ${script}`],
      cwd: directory,
      clearEnv: true,
      env: ENV,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Its thread group. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Lets it work, and waits until it is done. */
  async run(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("go\n"));
    await writer.close();
    const { code } = await this.#child.status;
    assert.equal(code, 0);
  }
}

/** The numbers of the ledger's first line on stderr. */
export function ledgerOf(
  stderr: string,
): Record<"seen" | "written" | "filtered" | "own" | "dropped", number> {
  const line =
    /^aod trace: (\d+) (?:seen|read) = (\d+) written \+ (\d+) filtered \+ (?:(\d+) own \+ )?(\d+) dropped/m
      .exec(stderr);
  assert.ok(line !== null, stderr);
  const [seen, written, filtered, own, dropped] = line.slice(1).map((text) => Number(text ?? 0));
  return { seen, written, filtered, own, dropped };
}

/** An event as it comes out; only what tests look at. */
export interface TracedEvent {
  [field: string]: unknown;
  timestamp: number;
  event_type: string;
  comm: string;
  tgid: number;
}

/** Lines of JSON that are events: neither a process of the snapshot nor a gap. */
export function eventsOf(text: string): TracedEvent[] {
  assert.ok(text === "" || text.endsWith("\n"), "the last line is cut");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as TracedEvent)
    .filter(({ event_type }) => event_type !== "snapshot" && event_type !== "gap");
}

/** Runs a test in a directory of its own. */
export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "aod-trace-" });
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
