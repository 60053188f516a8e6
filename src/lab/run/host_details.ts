/**
 * What a measurement ran on, without the host's name: a report may be shown to others.
 * @module
 */
import { AOD_VERSION, buildInfo } from "../../os/build_info.ts";

/** The host and the program. */
export interface HostDetails {
  /** Model of the processor. */
  cpu: string;
  /** Processors that are online. */
  cores: number;
  /** Memory, in 2^20 bytes. */
  memory_mb: number;
  /** Kernel release. */
  kernel: string;
  /** The distribution's own name. */
  os: string;
  /** Machine, as `uname -m` prints it. */
  arch: string;
  /** Scaling governor of the first processor; null where the kernel has none. */
  governor: string | null;
  /** Whether the processor says that it is a virtual one. */
  virtual: boolean;
  /** Load of the last minute before the first round: other work makes figures uncertain. */
  load_1m: number;
  /** Version of aod. */
  aod: string;
  /** Commit it was built from, where known. */
  commit: string | null;
}

/** Looks at this host. */
export function hostDetails(): HostDetails {
  const cpuinfo = textOf("/proc/cpuinfo") ?? "";
  const release = textOf("/etc/os-release") ?? "";
  const { arch } = Deno.build;
  return {
    cpu: /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1].trim() ?? arch,
    cores: navigator.hardwareConcurrency,
    memory_mb: Math.round(Deno.systemMemoryInfo().total / 2 ** 20),
    kernel: Deno.osRelease(),
    os: /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? "unknown",
    arch,
    governor: textOf("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")?.trim() ?? null,
    virtual: /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo),
    load_1m: Deno.loadavg()[0],
    aod: AOD_VERSION,
    commit: buildInfo()?.commit ?? null,
  };
}

/** The details in the order in which they are shown. */
export function hostRows(host: HostDetails): [string, string][] {
  const commit = host.commit === null ? "" : `, commit ${host.commit.slice(0, 12)}`;
  return [
    ["Processor", `${host.cpu}${host.virtual ? " (virtual)" : ""}`],
    ["Processors online", String(host.cores)],
    ["Memory", `${host.memory_mb} MB`],
    ["Kernel", `Linux ${host.kernel}, ${host.arch}`],
    ["Distribution", host.os],
    ["Scaling governor", host.governor ?? "none"],
    ["Load before the first round", host.load_1m.toFixed(2)],
    ["aod", `${host.aod}${commit}`],
  ];
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
