/**
 * The kernel's counters of a tracer, summed over the CPUs.
 * @module
 */
import { sumPerCpu } from "../../bpf/map.ts";

/**
 * Reads all counters of an enum, COUNT left out. They are read one after the other: while things
 * happen they need not add up.
 * @throws SyscallError
 */
export function readTracerCounters<Name extends string>(
  fd: number,
  counters: Record<Name, number>,
  possible_cpus: number,
): Record<Exclude<Name, "COUNT">, number> {
  const values: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(counters) as Name[]) {
    if (name !== "COUNT") values[name] = Number(sumPerCpu(fd, counters[name], possible_cpus));
  }
  return values as Record<Exclude<Name, "COUNT">, number>;
}
