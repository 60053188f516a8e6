/**
 * The processes that exist when the log begins, from /proc: without them a log could not say who they
 * are whose events it has. To be taken when the log is attached already: who is born meanwhile is then
 * in both, and nobody in neither.
 * @module
 */
import { bootNs, monotonicNs } from "../../os/clock.ts";
import { mounts } from "../../os/mountinfo.ts";
import { readLinkBytes } from "../../os/read_link.ts";
import { LOG_SIZE } from "./layout.gen.ts";
import type { SnapshotEvent } from "./snapshot_event.ts";
import { textOfBytes } from "./text.ts";

/** Where to look, and for whom not. */
export interface SnapshotOptions {
  /** Thread groups that are left out: the agent. */
  leave_out?: ReadonlySet<number>;
  /** "/proc", or a directory of that form. */
  proc?: string;
}

/** Bytes of /proc/PID/stat and status that are taken; both are far below. */
const TEXT_BYTES = 8192;
/**
 * How long the arguments are waited for: the kernel takes the lock of the process's memory, which a
 * thread that hangs in a fault (on a mount that does not answer) may hold for ever.
 */
const ARGV_WAIT_MS = 200;
/** Ticks of /proc/PID/stat: USER_HZ is 100 on all machines. */
const TICK_NS = 10_000_000n;

/** Tells of every process, in the order of /proc. One that ends meanwhile is left out. */
export async function* processSnapshot(
  options: SnapshotOptions = {},
): AsyncGenerator<SnapshotEvent> {
  const proc = options.proc ?? "/proc";
  const cgroups = new CgroupIds();
  // Starts are told since boot, sleep included.
  const slept = bootNs() - monotonicNs();
  for (const entry of Deno.readDirSync(proc)) {
    if (!/^[1-9][0-9]*$/.test(entry.name)) continue;
    const pid = Number(entry.name);
    if (options.leave_out?.has(pid)) continue;
    const process = oneProcess(`${proc}/${pid}`, pid, slept, cgroups);
    if (process === null) continue;
    // A kernel thread has no program and no arguments.
    if (process.exe !== null) Object.assign(process, await readArgv(`${proc}/${pid}/cmdline`));
    yield process;
  }
}

function oneProcess(
  directory: string,
  pid: number,
  slept: bigint,
  cgroups: CgroupIds,
): SnapshotEvent | null {
  const stat = readBytes(`${directory}/stat`, TEXT_BYTES);
  const status = readBytes(`${directory}/status`, TEXT_BYTES);
  const comm = readBytes(`${directory}/comm`, 64);
  if (stat === null || status === null || comm === null) return null;
  // The name stands in brackets, and may hold some itself.
  const text = textOfBytes(stat);
  const words = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const uid = /^Uid:\t(\d+)/m.exec(textOfBytes(status));
  if (words.length < 20 || uid === null) return null;
  const root = linkText(`${directory}/root`);
  return {
    time_ns: monotonicNs(),
    started_ns: startOf(words[19], slept),
    pid,
    parent_pid: Number(words[1]),
    uid: Number(uid[1]),
    cgroup_id: cgroups.of(`${directory}/cgroup`),
    threads: Number(words[17]),
    comm: textOfBytes(withoutNewline(comm)),
    exe: linkText(`${directory}/exe`),
    argv: null,
    argv_cut: false,
    cwd: linkText(`${directory}/cwd`),
    root: root === "/" ? null : root,
  };
}

/** CLOCK_MONOTONIC of a start in ticks since boot. */
function startOf(ticks: string, slept: bigint): bigint {
  if (!/^\d{1,19}$/.test(ticks)) return 0n;
  const started = BigInt(ticks) * TICK_NS - slept;
  return started > 0n ? started : 0n;
}

function linkText(path: string): string | null {
  const target = readLinkBytes(path);
  return target === null ? null : textOfBytes(target);
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
}

/** Up to `limit` bytes of a file; null where it cannot be read. */
function readBytes(path: string, limit: number): Uint8Array | null {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(limit);
    let length = 0;
    while (length < limit) {
      const n = file.readSync(bytes.subarray(length));
      if (n === null || n === 0) break;
      length += n;
    }
    return bytes.subarray(0, length);
  } catch {
    return null;
  }
}

/** The arguments; null where they cannot be read in time. */
async function readArgv(path: string): Promise<Pick<SnapshotEvent, "argv" | "argv_cut">> {
  const unknown = { argv: null, argv_cut: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ARGV_WAIT_MS);
  });
  try {
    const bytes = await Promise.race([readCmdline(path), late]);
    if (bytes === null) return unknown;
    const isCut = bytes.length > LOG_SIZE.ARGV;
    const text = textOfBytes(bytes.subarray(0, LOG_SIZE.ARGV));
    // A process may have overwritten the NUL at the end.
    const argv = (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
    return { argv: bytes.length === 0 ? [] : argv, argv_cut: isCut };
  } finally {
    clearTimeout(timer);
  }
}

async function readCmdline(path: string): Promise<Uint8Array | null> {
  try {
    using file = await Deno.open(path);
    // One byte more tells whether there is more.
    const bytes = new Uint8Array(LOG_SIZE.ARGV + 1);
    let length = 0;
    while (length < bytes.length) {
      const n = await file.read(bytes.subarray(length));
      if (n === null || n === 0) break;
      length += n;
    }
    return bytes.subarray(0, length);
  } catch {
    return null;
  }
}

/** Ids of cgroups (v2): inode numbers of their directories. */
class CgroupIds {
  readonly #known = new Map<string, bigint | null>();
  readonly #root = mounts().find(({ type }) => type === "cgroup2")?.mount_point;

  /** Of the process with this /proc/PID/cgroup. */
  of(path: string): bigint | null {
    const bytes = readBytes(path, TEXT_BYTES);
    const line = bytes === null ? null : /^0::(.*)$/m.exec(textOfBytes(bytes));
    if (line === null || this.#root === undefined) return null;
    const directory = this.#root + line[1];
    let id = this.#known.get(directory);
    if (id === undefined) {
      id = inodeOf(directory);
      this.#known.set(directory, id);
    }
    return id;
  }
}

function inodeOf(path: string): bigint | null {
  try {
    const { ino } = Deno.lstatSync(path);
    return ino === null ? null : BigInt(ino);
  } catch {
    return null;
  }
}
