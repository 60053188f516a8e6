/**
 * Hangs one thread of another process: strace holds it at its next system call.
 * @module
 */

/** Longer than any test. In microseconds, as strace takes it. */
const HOLD_US = 600_000_000;

/** Thread ids of a process by the thread's name. */
export function threadsNamed(pid: number, name: string): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].map((entry) => Number(entry.name))
    .filter((tid) => Deno.readTextFileSync(`/proc/${pid}/task/${tid}/comm`) === `${name}\n`);
}

/** A thread that does nothing until it is thawed. */
export class FrozenThread implements AsyncDisposable {
  readonly tid: number;
  readonly #strace: Deno.ChildProcess;

  /** Freezes the newest thread of that name. */
  constructor(pid: number, name: string) {
    const tid = threadsNamed(pid, name).sort((a, b) => b - a)[0];
    if (tid === undefined) throw new Error(`Cannot freeze ${name}: because ${pid} has none`);
    this.tid = tid;
    this.#strace = new Deno.Command("strace", {
      args: ["-qq", "-o", "/dev/null", "-e", `inject=all:delay_enter=${HOLD_US}`, "-p", `${tid}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Resolves when the thread is held. */
  async held(): Promise<void> {
    for (let left = 500;; left--) {
      const state = Deno.readTextFileSync(`/proc/${this.tid}/stat`).replace(/^.*\) /, "")[0];
      if (state === "t") return;
      if (left === 0) throw new Error(`thread ${this.tid} was never held; it is ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Lets it go on. */
  async thaw(): Promise<void> {
    try {
      this.#strace.kill("SIGKILL");
    } catch {
      // It ended with the thread.
    }
    await this.#strace.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thaw();
  }
}
