/**
 * Runs one child for a quick action: no shell, a session and process group of its own, a clean
 * environment, a time limit, a cap on what it prints. It returns in bounded time whatever the child
 * does: prints without end, leaves grandchildren that hold the pipes, or hangs in the kernel.
 * @module
 */
import { CHILD_ENVIRONMENT, findProgram, missingProgram } from "./programs.ts";

/** How a child ended. */
export type CommandStatus =
  | "ok"
  /** Exit status other than 0, or a signal that was not ours. */
  | "failed"
  | "timeout"
  /** Printed more than its cap and was killed. */
  | "truncated"
  /** Not installed, or could not be started. */
  | "missing"
  /** Stopped because the collector drains. */
  | "killed"
  /** Outlived SIGKILL: stuck in the kernel, left behind. */
  | "abandoned";

/** What to run and within which limits. */
export interface CommandRequest {
  /** Program and arguments; a program without a slash is looked up in the system's directories. */
  argv: readonly string[];
  /** Time limit. */
  timeout_ms: number;
  /** Cap on standard output, and again on standard error. */
  max_output_bytes: number;
  /** Sent first at the time limit; SIGKILL follows after {@linkcode TERM_GRACE_MS}. */
  stop_signal?: Deno.Signal;
  /** Takes standard output as it comes; a slow sink slows the child. */
  onStdout: (chunk: Uint8Array) => Promise<void>;
  /** Stops the child early. */
  abort?: AbortSignal;
}

/** How it went. */
export interface CommandResult {
  /** How it ended. */
  status: CommandStatus;
  /** Exit status; null where a signal ended it or it is not known. */
  exit_code: number | null;
  /** Name of the signal that ended it. */
  signal: string | null;
  /** Bytes handed to the sink. */
  stdout_bytes: number;
  /** Bytes of standard error, kept or not. */
  stderr_bytes: number;
  /** The last lines of standard error, within {@linkcode STDERR_TAIL_BYTES}. */
  stderr: string;
  /** From start to return. */
  duration_ms: number;
  /** What is to be said beyond the status, "" for nothing. */
  note: string;
  /** Only with "abandoned": the child that is still there. */
  abandoned_pid?: number;
}

/** Time between the polite signal and SIGKILL. */
export const TERM_GRACE_MS = 500;
/** How long a child may outlive SIGKILL before it is abandoned. */
export const KILL_GRACE_MS = 1_000;
/** How long pipes may stay open after the child is gone. */
export const PIPE_GRACE_MS = 150;
/** Standard error that is kept. */
export const STDERR_TAIL_BYTES = 4_096;

const NEVER_STARTED = {
  exit_code: null,
  signal: null,
  stdout_bytes: 0,
  stderr_bytes: 0,
  stderr: "",
};

/** Runs the command; never throws and never hangs. */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const started = performance.now();
  const name = request.argv[0] ?? "";
  const program = findProgram(name);
  if (program === null) {
    return { ...NEVER_STARTED, status: "missing", duration_ms: 0, note: missingProgram(name) };
  }
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: request.argv.slice(1),
      cwd: "/",
      clearEnv: true,
      env: CHILD_ENVIRONMENT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    const note = `Cannot start ${name}: because ${messageOf(error)}`;
    return { ...NEVER_STARTED, status: "missing", duration_ms: 0, note };
  }
  return await new RunningCommand(child, request, started).finish();
}

/** One child under way. */
class RunningCommand {
  #stopped: CommandStatus | null = null;
  #note = "";
  #stdoutBytes = 0;
  #stderrBytes = 0;
  #stderr = new Uint8Array(0);
  #exit: Deno.CommandStatus | null = null;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #abandoned = Promise.withResolvers<void>();

  constructor(
    readonly child: Deno.ChildProcess,
    readonly request: CommandRequest,
    readonly started: number,
  ) {}

  async finish(): Promise<CommandResult> {
    const { child, request } = this;
    const onAbort = () => this.#stop("killed", "SIGKILL");
    request.abort?.addEventListener("abort", onAbort, { once: true });
    if (request.abort?.aborted) onAbort();
    this.#later(request.timeout_ms, () => this.#stop("timeout", request.stop_signal ?? "SIGTERM"));
    const stdout = child.stdout.getReader();
    const stderr = child.stderr.getReader();
    const pipes = Promise.all([this.#readStdout(stdout), this.#readStderr(stderr)]);
    const gone = child.status.then((status) => this.#exit = status);
    await Promise.race([gone, this.#abandoned.promise]);
    // What a dead child wrote is in the pipe already; only a grandchild can keep it open.
    if (!await within(PIPE_GRACE_MS, pipes)) {
      this.#signal("SIGKILL");
      if (this.#exit !== null) {
        this.#note ||= "a grandchild held the output open and was killed";
      }
      if (!await within(PIPE_GRACE_MS, pipes)) {
        await Promise.allSettled([stdout.cancel(), stderr.cancel()]);
        await within(PIPE_GRACE_MS, pipes);
      }
    }
    this.#signal("SIGKILL"); // whatever is left of the group
    for (const timer of this.#timers) clearTimeout(timer);
    request.abort?.removeEventListener("abort", onAbort);
    if (this.#exit === null) child.unref();
    return this.#result();
  }

  #result(): CommandResult {
    const exit = this.#exit;
    const stderr = new TextDecoder().decode(this.#stderr);
    return {
      status: exit === null ? "abandoned" : this.#stopped ?? (exit.success ? "ok" : "failed"),
      exit_code: exit === null || exit.signal !== null ? null : exit.code,
      signal: exit?.signal ?? null,
      stdout_bytes: this.#stdoutBytes,
      stderr_bytes: this.#stderrBytes,
      stderr: this.#stderrBytes > this.#stderr.byteLength ? afterCut(stderr) : stderr,
      duration_ms: Math.round(performance.now() - this.started),
      note: exit === null ? `pid ${this.child.pid} outlived SIGKILL and was left` : this.#note,
      ...(exit === null ? { abandoned_pid: this.child.pid } : {}),
    };
  }

  #stop(why: CommandStatus, signal: Deno.Signal): void {
    if (this.#stopped !== null || this.#exit !== null) return;
    this.#stopped = why;
    this.#signal(signal);
    this.#later(signal === "SIGKILL" ? 0 : TERM_GRACE_MS, () => {
      this.#signal("SIGKILL");
      this.#later(KILL_GRACE_MS, () => this.#abandoned.resolve());
    });
  }

  #later(ms: number, what: () => void): void {
    this.#timers.push(setTimeout(what, ms));
  }

  /** Signals the whole process group; a group that is gone is no error. */
  #signal(signal: Deno.Signal): void {
    try {
      Deno.kill(-this.child.pid, signal);
    } catch {
      // ESRCH: nobody left.
    }
  }

  async #readStdout(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const cap = this.request.max_output_bytes;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const room = cap - this.#stdoutBytes;
        const kept = value.byteLength > room ? value.subarray(0, room) : value;
        this.#stdoutBytes += kept.byteLength;
        if (kept.byteLength > 0) await this.request.onStdout(kept);
        if (value.byteLength > room) {
          this.#note = `output cut at ${cap} bytes`;
          this.#stop("truncated", "SIGKILL");
          await reader.cancel();
          return;
        }
      }
    } catch (error) {
      this.#note ||= `Cannot keep the output: because ${messageOf(error)}`;
      this.#stop("failed", "SIGKILL");
      await reader.cancel().catch(() => {});
    }
  }

  async #readStderr(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.#stderrBytes += value.byteLength;
        const joined = new Uint8Array(this.#stderr.byteLength + value.byteLength);
        joined.set(this.#stderr);
        joined.set(value, this.#stderr.byteLength);
        this.#stderr = joined.slice(-STDERR_TAIL_BYTES);
        if (this.#stderrBytes > this.request.max_output_bytes) {
          this.#note ||= `error output cut at ${this.request.max_output_bytes} bytes`;
          this.#stop("truncated", "SIGKILL");
          await reader.cancel();
          return;
        }
      }
    } catch {
      // The pipe was cancelled under us: what is kept is what there was.
    }
  }
}

/** The whole lines of a text that was cut at its beginning: half a secret would not be recognised. */
export function afterCut(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? "" : text.slice(end + 1);
}

/** True when `promise` settled within `ms`. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
  const done = promise.then(() => true, () => true);
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
