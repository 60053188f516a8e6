/**
 * A program that logs system calls, as the benchmarks of the event log run it: aod or a peer.
 * @module
 */

/** What is logged of a workload: the calls that each tool is asked for, by the names of the kernel. */
export interface Subject {
  calls: readonly string[];
  /** Directory for the output; a new one for each run. */
  dir: string;
}

/** One way to log. */
export interface Tool {
  name: string;
  /** The program that must be installed. */
  program: string;
  /** Starts it before the workload. */
  start(subject: Subject): Promise<RunningTool>;
}

/** What a tool has logged. */
export interface Logged {
  /** Lines about the workload's process in the output. */
  events: number;
  /** What the tool itself says was lost; null where it says nothing. */
  lost: number | null;
}

/** A tool at work. */
export interface RunningTool {
  /** Logs this process from now on; fulfilled when it does. */
  attach(pid: number): Promise<void>;
  /** Seconds of processor time of its processes until now. */
  cpuSec(): number;
  /** Resident bytes. */
  rssBytes(): number;
  /** Ends it; its output is complete then. */
  stop(): Promise<Logged>;
}

/** Ticks of /proc a second (USER_HZ). */
const TICKS = 100;

/** Processor time of a process and its ended threads, in seconds; 0 when it is gone. */
export function cpuSecOf(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // utime and stime are the 14th and 15th field, the 12th and 13th behind the name.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}

/** Resident bytes of a process; 0 when it is gone. */
export function rssBytesOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Lines of a file that match a basic regular expression. */
export async function countLines(path: string, expression: string): Promise<number> {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-a", "-c", "-e", expression, path],
    env: { LC_ALL: "C" },
    stderr: "null",
  }).output();
  return Number(new TextDecoder().decode(stdout).trim());
}

/** Where a program is, or null. */
export function installed(program: string): string | null {
  if (program.includes("/")) return program;
  for (const directory of ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]) {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile ? `${directory}/${program}` : null;
    } catch {
      continue;
    }
  }
  return null;
}

/** Milliseconds of rest. */
export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `done`; fails after 20 s. */
export async function until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await done()) return;
    await rest(50);
  }
  throw new Error(`Cannot measure: because ${what} takes more than 20 s`);
}

/** Waits until a tool has nothing to do: half a second with no more than a tick of processor time. */
export async function settled(tool: { cpuSec(): number }): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const before = tool.cpuSec();
    await rest(500);
    if (tool.cpuSec() - before <= 1.1 / TICKS) return;
  }
}
