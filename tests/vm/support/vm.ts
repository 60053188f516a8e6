/**
 * A virtual machine with a real CIFS client and a real Samba server.
 *
 * ```ts
 * await using vm = await bootVm({ kernel: "6.12", mount: true });
 * const { stdout } = await vm.run("ls /mnt/s");
 * ```
 *
 * Two guests run at a time in a checkout (locks see to it): under TCG more of them disturb each other.
 * @module
 */
import { join } from "node:path";
import { CACHE, FileLock } from "./cache.ts";
import { image } from "./image.ts";
import type { KernelSeries } from "./kernels.ts";
import { AgentLink, type Answer, type CommandResult } from "./link.ts";
import { mountShare } from "./mounts.ts";
import { Qemu } from "./qemu.ts";

export type { CommandResult, KernelSeries };

/** Guests that may run at a time: tests wait more than they compute. */
const GUESTS = 2;
/** A guest that has not answered by then hangs. */
const BOOT_TIMEOUT_MS = 120_000;
const COMMAND_TIMEOUT_MS = 60_000;
/** Between SIGKILL and giving a command up as stuck in the kernel. */
const KILL_GRACE_MS = 2_000;
/** The agent answers in some 20 ms; a guest that needs this long is dead. */
const SILENCE_MS = 30_000;
const POWER_OFF_MS = 5_000;
/** A clock of instructions goes that much slower at most than the host's: commands get the more time. */
const INSTRUCTION_PATIENCE = 15;

/** What to boot. */
export interface BootOptions {
  kernel: KernelSeries;
  /** Guest path to a host path or bytes: put in the initramfs, which is faster than 9p. */
  files?: Record<string, string | Uint8Array>;
  memoryMb?: number;
  /** Added to the kernel command line. */
  appendCmdline?: string;
  /** False: cifs stays unloaded (it is there for modprobe). */
  autoloadCifs?: boolean;
  /** Time is instructions, each 2^this ns, on one processor: figures that no other work can disturb. */
  instructionShift?: number;
  /** Mounts //127.0.0.1/s on /mnt/s; a string is added to the mount options. */
  mount?: boolean | string;
}

/** A command that runs in the guest beside others. */
export interface BackgroundCommand {
  /** What it has printed until now. */
  output(): Promise<{ stdout: string; stderr: string }>;
  /** Signals its process group, "INT" for Ctrl-C. */
  kill(signal: string): Promise<void>;
  /** Waits for its end; kills it after `timeoutMs`. */
  wait(options?: { timeoutMs?: number }): Promise<CommandResult>;
}

/** A running guest. */
export class Vm implements AsyncDisposable {
  /** `uname -r` of the guest. */
  readonly release: string;
  readonly kernel: KernelSeries;
  #qemu: Qemu;
  #link: AgentLink;
  #lock: FileLock;
  #stopped = false;
  #transfers = 0;
  readonly #patience: number;

  private constructor(
    kernel: KernelSeries,
    release: string,
    qemu: Qemu,
    link: AgentLink,
    lock: FileLock,
    patience: number,
  ) {
    this.#patience = patience;
    this.kernel = kernel;
    this.release = release;
    this.#qemu = qemu;
    this.#link = link;
    this.#lock = lock;
  }

  /** @throws Error with the end of the console when the guest panics, hangs or qemu ends. */
  static async boot(options: BootOptions): Promise<Vm> {
    const built = await image(options.kernel);
    const locks = Array.from({ length: GUESTS }, (_, i) => join(CACHE, `guest-${i}.lock`));
    const [lock, slot] = await FileLock.takeOne(locks);
    try {
      const cifs = options.autoloadCifs === false ? " aod.cifs=0" : "";
      const qemu = await Qemu.start({
        image: built,
        slot,
        files: options.files ?? {},
        memoryMb: options.memoryMb ?? 768,
        appendCmdline: (options.appendCmdline ?? "") + cifs,
        instructionShift: options.instructionShift,
      });
      const link = new AgentLink(qemu.child.stdout, qemu.child.stdin);
      const patience = options.instructionShift === undefined ? 1 : INSTRUCTION_PATIENCE;
      const vm = new Vm(options.kernel, built.release, qemu, link, lock, patience);
      vm.#watchExit();
      try {
        await vm.#within(link.ready(), BOOT_TIMEOUT_MS, "the guest did not boot");
        if (options.mount !== undefined && options.mount !== false) {
          await mountShare(vm, { options: options.mount === true ? "" : options.mount });
        }
      } catch (error) {
        await vm.shutdown();
        throw error;
      }
      return vm;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Runs a bash command to its end. It is killed after `timeoutMs` (code 137, `timedOut`). */
  async run(command: string, options: { timeoutMs?: number } = {}): Promise<CommandResult> {
    const started = await this.start(command);
    return await started.wait(options);
  }

  /** Like {@link run}. @throws Error with its output when the command exits with another status than 0. */
  async check(command: string, options: { timeoutMs?: number } = {}): Promise<string> {
    const result = await this.run(command, options);
    if (result.code === 0) return result.stdout;
    const why = result.timedOut ? "it did not end in time" : `it exited ${result.code}`;
    const printed = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`Cannot run "${command}" in the guest: because ${why}: ${printed}`);
  }

  /** Starts a command and returns at once. */
  async start(command: string): Promise<BackgroundCommand> {
    const { id, ended } = await this.#link.execute(command);
    let result: Answer | undefined;
    ended.then((answer) => result = answer, () => {});
    const now = async (): Promise<Answer> => {
      if (result !== undefined) return result;
      return await this.#within(this.#link.soFar(id, ended), SILENCE_MS, "the guest is silent");
    };
    return {
      output: async () => decode(await now()),
      kill: (signal) => this.#link.send(`K ${id} ${signal}`),
      wait: async ({ timeoutMs = COMMAND_TIMEOUT_MS } = {}) => {
        let answer = await before(ended, timeoutMs * this.#patience);
        const timedOut = answer === null;
        if (answer === null) {
          await this.#link.send(`K ${id} KILL`);
          answer = await before(ended, KILL_GRACE_MS) ?? await now();
        }
        return { code: answer.code ?? 137, ...decode(answer), timedOut };
      },
    };
  }

  /** Writes a file of the guest (through the 9p share). */
  async put(path: string, content: string | Uint8Array): Promise<void> {
    const name = `put-${this.#transfers++}`;
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(this.#qemu.share, name), bytes);
    await this.check(`mkdir -p "$(dirname '${path}')" && mv /host/${name} '${path}'`);
  }

  /** Reads a file of the guest. */
  async get(path: string): Promise<Uint8Array> {
    const name = `get-${this.#transfers++}`;
    await this.check(`cp -L '${path}' /host/${name}`);
    const copy = join(this.#qemu.share, name);
    const bytes = await Deno.readFile(copy);
    await Deno.remove(copy);
    return bytes;
  }

  async getText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.get(path));
  }

  /** Host directory the guest has as /host. */
  get share(): string {
    return this.#qemu.share;
  }

  /** The end of the kernel's console. */
  console(): Promise<string> {
    return this.#qemu.consoleTail();
  }

  /** Powers the guest off and removes what it left on the host; safe to call twice. */
  async shutdown(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#link.send("P").catch(() => {});
    await before(this.#qemu.child.status, POWER_OFF_MS);
    await this.#qemu.kill();
    await this.#link.close();
    await this.#qemu.removeFiles();
    this.#lock.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  async #watchExit(): Promise<void> {
    const { code } = await this.#qemu.child.status;
    if (!this.#stopped) this.#link.fail(await this.#failure(`qemu ended with ${code}`));
  }

  async #within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
    const value = await before(promise.then((inner) => ({ inner })), timeoutMs);
    if (value === null) throw await this.#failure(what);
    return value.inner;
  }

  async #failure(what: string): Promise<Error> {
    const log = await this.#qemu.keepConsole();
    const tail = await this.#qemu.consoleTail();
    return new Error(`Cannot use the guest (${this.release}): because ${what}; ${log}:\n${tail}`);
  }
}

/**
 * Now and then the emulator runs a breakpoint that the kernel had on another processor while it patched
 * its own code (jump labels at boot), and has taken away again: the guest panics before a test has begun.
 */
const EMULATORS_FAULT = /Oops: int3/;
const BOOTS = 3;

/** Boots a guest; see {@link Vm.boot}. A boot that the emulator spoils is done again, and that is said. */
export async function bootVm(options: BootOptions): Promise<Vm> {
  for (let left = BOOTS - 1;; left--) {
    try {
      return await Vm.boot(options);
    } catch (error) {
      if (left === 0 || !(error instanceof Error && EMULATORS_FAULT.test(error.message))) {
        throw error;
      }
      console.error(`vm: booted again after ${error.message}`);
    }
  }
}

/** The value, or null when it does not come in time; leaves no timer behind. */
async function before<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), timeoutMs));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function decode(answer: Answer): { stdout: string; stderr: string } {
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(answer.stdout), stderr: decoder.decode(answer.stderr) };
}
