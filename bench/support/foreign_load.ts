/**
 * How much of this host other work takes while something is measured in the test VM.
 * @module
 */

/** Processor time so far, in clock ticks (1/100 s, as /proc has them). */
export interface Ticks {
  /** Of all processes and the kernel. */
  busy: number;
  /** Of the emulator and this process. */
  ours: number;
  /** Wall time, ms. */
  at_ms: number;
}

const EMULATOR = "qemu-system-x86";

/** Ticks of one process, or 0 when it has ended. */
function ticksOf(pid: string, comm: string | null): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const end = text.lastIndexOf(")");
    if (comm !== null && text.slice(text.indexOf("(") + 1, end) !== comm) return 0;
    // utime and stime are the 14th and 15th field, the 12th and 13th behind the name.
    const fields = text.slice(end + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** The ticks at this moment. */
export function ticks(): Ticks {
  const [user, nice, system, , , irq, softirq] = Deno.readTextFileSync("/proc/stat")
    .split("\n")[0].trim().split(/\s+/).slice(1).map(Number);
  let ours = ticksOf("self", null);
  for (const { name } of Deno.readDirSync("/proc")) {
    if (/^\d+$/.test(name)) ours += ticksOf(name, EMULATOR);
  }
  return { busy: user + nice + system + irq + softirq, ours, at_ms: performance.now() };
}

/** Cores that other work has taken on average since then. */
export function foreignCores(since: Ticks, now: Ticks = ticks()): number {
  const foreign = now.busy - since.busy - (now.ours - since.ours);
  return Math.max(0, foreign * 10 / (now.at_ms - since.at_ms));
}
