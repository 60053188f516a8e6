/**
 * One qemu process: starts the guest under TCG, keeps its console, and tells why it ended.
 * @module
 */
import { basename, join } from "node:path";
import { CACHE } from "./cache.ts";
import { CpioWriter } from "./cpio.ts";
import type { Image } from "./image.ts";

/**
 * No AVX and four levels of page tables: emulated, a program starts in two thirds of the time that it
 * takes with everything the emulator has (`max`).
 */
const CPU = "Westmere";

const COMMAND_LINE = "console=ttyS0 quiet panic=-1 mitigations=off nokaslr audit=0 " +
  "cryptomgr.notests random.trust_cpu=on";

/** Lines of the console shown in an error. */
const TAIL_LINES = 50;

/** What a guest is started with. */
export interface QemuOptions {
  image: Image;
  /** Which of the guests of this checkout it is; the caller holds its lock. */
  slot: number;
  /** Guest path to a host path or the bytes themselves; executable when the host file is. */
  files: Record<string, string | Uint8Array>;
  memoryMb: number;
  appendCmdline: string;
  /**
   * Undefined: two processors on the host's clock. Else one, whose clock counts instructions: each takes
   * 2^shift ns, whatever else the host does.
   */
  instructionShift?: number;
}

/** A running guest and its directory: console log, initramfs, the 9p share. */
export class Qemu {
  readonly child: Deno.ChildProcess;
  /** Host directory the guest sees as /host. */
  readonly share: string;
  #directory: string;
  #errors = "";

  private constructor(child: Deno.ChildProcess, directory: string) {
    this.child = child;
    this.#directory = directory;
    this.share = join(directory, "share");
    this.#readErrors();
  }

  /** Starts a guest. What earlier guests of its slot have left behind is removed. */
  static async start(options: QemuOptions): Promise<Qemu> {
    const runs = join(CACHE, "run", String(options.slot));
    await Deno.mkdir(runs, { recursive: true });
    for (const { name } of Deno.readDirSync(runs)) {
      await Deno.remove(join(runs, name), { recursive: true });
    }
    const directory = await Deno.makeTempDir({ dir: runs, prefix: "vm-" });
    await Deno.mkdir(join(directory, "share"));
    const initramfs = await prepareInitramfs(options, directory);
    const qemu = ["qemu-system-x86_64", ...processors(options.instructionShift)]
      .concat(["-M", "q35", "-cpu", CPU, "-m", String(options.memoryMb)])
      .concat(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"])
      .concat(["-monitor", "none", "-serial", `file:${join(directory, "console.log")}`])
      .concat(["-kernel", options.image.vmlinux, "-initrd", initramfs])
      .concat(["-append", `${COMMAND_LINE} ${options.appendCmdline}`])
      .concat(["-fsdev"], `local,id=h,path=${join(directory, "share")},security_model=none`)
      .concat(["-device", "virtio-9p-pci,fsdev=h,mount_tag=host"])
      .concat(["-chardev", "stdio,id=agent,signal=off", "-device", "virtio-serial-pci"])
      .concat(["-device", "virtserialport,chardev=agent,name=agent"]);
    // qemu dies with the thread that started it: no guest outlives its test.
    const child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", "--", ...qemu],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Qemu(child, directory);
  }

  async #readErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.child.stderr) {
      this.#errors = (this.#errors + decoder.decode(chunk)).slice(-4096);
    }
  }

  /** What qemu wrote to stderr and the end of the guest's console, for error messages. */
  async consoleTail(): Promise<string> {
    const text = await Deno.readTextFile(join(this.#directory, "console.log")).catch(() => "");
    return `${this.#errors}${text}`.replaceAll("\r", "").trimEnd().split("\n").slice(-TAIL_LINES)
      .join("\n");
  }

  /** Copies the console to `.cache/vm/logs` and returns where it is. */
  async keepConsole(): Promise<string> {
    await Deno.mkdir(join(CACHE, "logs"), { recursive: true });
    const target = join(CACHE, "logs", `${basename(this.#directory)}.log`);
    await Deno.copyFile(join(this.#directory, "console.log"), target).catch(() => {});
    return target;
  }

  async kill(): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.child.status;
  }

  async removeFiles(): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

function processors(instructionShift: number | undefined): string[] {
  if (instructionShift === undefined) {
    return ["-accel", "tcg,thread=multi,tb-size=512", "-smp", "2"];
  }
  const clock = `shift=${instructionShift},align=off,sleep=on`;
  return ["-accel", "tcg,thread=single,tb-size=512", "-icount", clock, "-smp", "1"];
}

/** The base image, with a second segment after it where there are extra files. */
async function prepareInitramfs(options: QemuOptions, directory: string): Promise<string> {
  const entries = Object.entries(options.files);
  if (entries.length === 0) return options.image.initramfs;
  const path = join(directory, "initramfs.cpio");
  await Deno.copyFile(options.image.initramfs, path);
  using file = await Deno.open(path, { append: true });
  const cpio = new CpioWriter(file);
  for (const [target, source] of entries) {
    if (source instanceof Uint8Array) cpio.file(target, source);
    else cpio.file(target, await Deno.readFile(source), (await Deno.stat(source)).mode! & 0o777);
  }
  cpio.finish();
  return path;
}
