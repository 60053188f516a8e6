/**
 * What a benchmark ran on, without the name of the host.
 * @module
 */

/** The machine. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_mb: number;
  kernel: string;
  deno: string;
  v8: string;
  /** Load of the last minute at the start: a busy machine gives bad figures. */
  load_1m: number;
}

function cpuModel(): string {
  const text = Deno.readTextFileSync("/proc/cpuinfo");
  return /^(?:model name|CPU part)\s*:\s*(.+)$/m.exec(text)?.[1].trim() ?? Deno.build.arch;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    cpu: cpuModel(),
    cores: navigator.hardwareConcurrency,
    memory_mb: Math.round(Deno.systemMemoryInfo().total / 2 ** 20),
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load_1m: Deno.loadavg()[0],
  };
}
