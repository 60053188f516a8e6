/**
 * What the kernel says itself, read by other means than the collectors': whole files as text, and
 * files of /sys where there are such.
 * @module
 */
import assert from "node:assert/strict";

/** Counters by name. */
export type Counters = Record<string, number>;

/** `/proc/stat`: ctxt, processes, and the ticks of the line `cpu`. */
export function procStat(): Counters {
  const lines = Deno.readTextFileSync("/proc/stat").split("\n").map((line) => line.split(/\s+/));
  const of = (name: string) => (lines.find(([first]) => first === name) ?? []).slice(1).map(Number);
  const cpu = of("cpu").slice(0, 8);
  const all = cpu.reduce((sum, ticks) => sum + ticks, 0);
  return {
    context_switches: of("ctxt")[0],
    forks: of("processes")[0],
    all,
    busy: all - cpu[3] - cpu[4],
  };
}

/** `/proc/meminfo` by name, in bytes. */
export function meminfo(): Counters {
  const lines = Deno.readTextFileSync("/proc/meminfo").matchAll(/^(\w+):\s+(\d+) kB$/gm);
  return Object.fromEntries([...lines].map(([, name, kb]) => [name, Number(kb) * 1024]));
}

/** Disks by name as /sys/block has them, those that never did anything left out. */
export function disks(): Record<string, Counters> {
  const found: Record<string, Counters> = {};
  for (const { name } of Deno.readDirSync("/sys/block")) {
    const text = Deno.readTextFileSync(`/sys/block/${name}/stat`);
    const [reads, , read_sectors, , writes, , written_sectors] = text.trim().split(/\s+/).map(
      Number,
    );
    const counters = {
      reads,
      writes,
      read_bytes: read_sectors * 512,
      write_bytes: written_sectors * 512,
    };
    if (reads + writes > 0) found[name] = counters;
  }
  return found;
}

/** Interfaces by name as /sys/class/net has them. */
export function interfaces(): Record<string, Counters> {
  const found: Record<string, Counters> = {};
  for (const { name } of Deno.readDirSync("/sys/class/net")) {
    const directory = `/sys/class/net/${name}/statistics`;
    try {
      const of = (file: string) => Number(Deno.readTextFileSync(`${directory}/${file}`));
      found[name] = {
        rx_bytes: of("rx_bytes"),
        rx_packets: of("rx_packets"),
        tx_bytes: of("tx_bytes"),
        tx_packets: of("tx_packets"),
      };
    } catch {
      // bonding_masters is a file
    }
  }
  return found;
}

/** What was read before and after each of two samples. */
export interface Brackets<Truth> {
  before_first: Truth;
  after_first: Truth;
  before_second: Truth;
  after_second: Truth;
}

/** Reads the truth around two samples, with work between them. */
export async function bracket<Truth>(
  truth: () => Truth,
  sample: () => void,
  work: () => Promise<unknown>,
): Promise<Brackets<Truth>> {
  const before_first = truth();
  sample();
  const after_first = truth();
  await work();
  const before_second = truth();
  sample();
  return { before_first, after_first, before_second, after_second: truth() };
}

/** Names that were there all the time: devices of other tests come and go. */
export function namesIn(brackets: Brackets<Record<string, Counters>>): string[] {
  const { before_first, after_first, before_second, after_second } = brackets;
  const all = [after_first, before_second, after_second];
  return Object.keys(before_first).filter((name) => all.every((devices) => name in devices));
}

/** Asserts that a delta is one that the counter can have had between the samples. */
export function assertWithin<Truth>(
  what: string,
  value: number | undefined,
  brackets: Brackets<Truth>,
  counter: (truth: Truth) => number,
): void {
  const low = counter(brackets.before_second) - counter(brackets.after_first);
  const high = counter(brackets.after_second) - counter(brackets.before_first);
  assert.ok(
    value !== undefined && value >= low && value <= high,
    `${what}: ${value} [${low}, ${high}]`,
  );
}
