/**
 * What the syscall tracer's programs look up: `struct aod_sys_config`.
 * @module
 */
import { mapArrayMmap } from "../../bpf/map.ts";
import { limitNs } from "../tracer/limit.ts";
import { SYS_CONFIG_BYTES, SYS_CONFIG_OFFSET, SYS_KIND, SYS_SIZE } from "./layout.gen.ts";
import { FORKING_CALLS, syscallNames, type TracedMachine, WAITING_CALLS } from "./names.ts";

/** What can be changed while it runs. */
export interface SyscallSettings {
  /** Calls that take so long or longer are told one by one; Infinity: none. */
  slow_ms: number;
  /** One in so many calls of a task is told, whatever it took; 0: none. */
  sample_every: number;
}

/** A tick of the kernel's clock is 1 to 10 ms (CONFIG_HZ 1000 to 100). */
const MAX_TICK_MS = 10;

/** `aod_sys_config.kind` for a machine. */
export function syscallKinds(machine: TracedMachine): Uint8Array {
  const kinds = new Uint8Array(SYS_SIZE.SYSCALLS);
  for (const [number, name] of syscallNames(machine)) {
    if (number >= kinds.length) continue;
    if (WAITING_CALLS.includes(name)) kinds[number] |= SYS_KIND.WAITS;
    if (FORKING_CALLS.includes(name)) kinds[number] |= SYS_KIND.FORKS;
  }
  return kinds;
}

/**
 * Writes the settings; programs that run see each of them at once.
 * @param fd the map sys_config
 * @param by set at the load only: rows that there are would be of the other kind
 * @throws SyscallError
 */
export function writeSyscallSettings(
  fd: number,
  settings: SyscallSettings,
  by?: "comm" | "tgid",
): void {
  const memory = mapArrayMmap(fd, SYS_CONFIG_BYTES, true);
  try {
    const view = new DataView(memory.buffer);
    if (by !== undefined) {
      new Uint8Array(memory.buffer).set(syscallKinds(Deno.build.arch), SYS_CONFIG_OFFSET.kind);
      view.setUint32(SYS_CONFIG_OFFSET.by_tgid, by === "tgid" ? 1 : 0, true);
    }
    view.setBigUint64(SYS_CONFIG_OFFSET.slow_ns, limitNs(settings.slow_ms), true);
    view.setUint32(SYS_CONFIG_OFFSET.time_all, settings.slow_ms < MAX_TICK_MS ? 1 : 0, true);
    view.setUint32(SYS_CONFIG_OFFSET.sample_every, settings.sample_every, true);
  } finally {
    memory.unmap();
  }
}
