/**
 * Runs the workload once: without a shell, in a process group of its own, its output read to the end
 * and its last lines kept.
 * @module
 */
import { PROGRAM_DIRS } from "../../evidence/programs.ts";
import { foreignEnvironment } from "../../os/own_program.ts";
import { reasonOf } from "../../os/reason.ts";
import { within } from "../../os/within.ts";
import { OutputTail } from "./output_tail.ts";
import { joinWords } from "./words.ts";

/** From the polite signal to SIGKILL. */
const TERM_GRACE_MS = 2_000;
/** A grandchild that lives on may hold the output open; it is not waited for longer. */
const PIPE_GRACE_MS = 500;

/** The workload failed, or could not be started; the message tells all. */
export class WorkloadError extends Error {
  /** For messages. */
  override readonly name = "WorkloadError";
  /** The last lines that it printed on stderr, or else on stdout. */
  readonly output: readonly string[];

  /** `output`: its last lines. */
  constructor(message: string, output: readonly string[] = []) {
    super(message);
    this.output = output;
  }
}

/** What is run and how long it may take. */
export interface WorkloadOptions {
  /** Program and arguments. */
  argv: readonly string[];
  /** It is ended then, and that is a failure. */
  timeout_sec: number;
  /** Ends it early. */
  abort: AbortSignal;
}

/** How it went. */
export interface WorkloadResult {
  /** From its start to its end. */
  duration_sec: number;
  /** False where the abort ended it: then the duration means nothing. */
  complete: boolean;
}

/**
 * Runs it to its end.
 * @throws {WorkloadError} when it cannot be started, fails, or takes too long
 */
export async function runWorkload(
  { argv, timeout_sec, abort }: WorkloadOptions,
): Promise<WorkloadResult> {
  const shown = joinWords(argv);
  const started_ms = performance.now();
  const child = spawn(argv, shown);
  const [stdout, stderr] = [new OutputTail(), new OutputTail()];
  const pipes = Promise.all([stdout.read(child.stdout), stderr.read(child.stderr)]);
  let timedOut = false;
  const ending = new Ending(child.pid);
  const timer = setTimeout(() => {
    timedOut = true;
    ending.begin();
  }, timeout_sec * 1000);
  const onAbort = () => ending.begin();
  abort.addEventListener("abort", onAbort, { once: true });
  if (abort.aborted) onAbort();
  const status = await child.status;
  const duration_sec = (performance.now() - started_ms) / 1000;
  clearTimeout(timer);
  abort.removeEventListener("abort", onAbort);
  // What it started belongs to it, and would disturb the next round.
  if (!await within(pipes, PIPE_GRACE_MS)) ending.kill();
  await within(pipes, PIPE_GRACE_MS);
  ending.close();
  if (abort.aborted) return { duration_sec, complete: false };
  const last = stderr.bytes > 0 ? stderr.lines() : stdout.lines();
  if (timedOut) {
    throw new WorkloadError(`The workload took more than ${timeout_sec} s: ${shown}`, last);
  }
  if (status.signal !== null) {
    throw new WorkloadError(`The workload was ended by ${status.signal}: ${shown}`, last);
  }
  if (!status.success) {
    throw new WorkloadError(`The workload failed with exit code ${status.code}: ${shown}`, last);
  }
  return { duration_sec, complete: true };
}

function spawn(argv: readonly string[], shown: string): Deno.ChildProcess {
  const environment = foreignEnvironment();
  try {
    return new Deno.Command(argv[0], {
      args: argv.slice(1),
      clearEnv: true,
      env: { PATH: PROGRAM_DIRS.join(":"), ...environment },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    throw new WorkloadError(`Cannot start ${shown}: because ${reasonOf(error)}`);
  }
}

/** Ends a process group: politely, then not. */
class Ending {
  readonly #group: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(group: number) {
    this.#group = group;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    this.#signal("SIGTERM");
    this.#timer = setTimeout(() => this.kill(), TERM_GRACE_MS);
  }

  kill(): void {
    this.#signal("SIGKILL");
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #signal(signal: Deno.Signal): void {
    try {
      Deno.kill(-this.#group, signal);
    } catch {
      // Nobody is left.
    }
  }
}
