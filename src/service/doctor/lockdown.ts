/**
 * Kernel lockdown: its confidentiality mode forbids BPF programs to read kernel memory.
 * @module
 */
import { type Check, hopeless, ok } from "./check.ts";

/** The check of the lockdown mode. */
export const lockdown: Check = {
  name: "lockdown",
  about: "kernel lockdown (lockdown=confidentiality forbids the probe)",
  run({ read }) {
    const text = read("/sys/kernel/security/lockdown");
    if (text === null) return [ok("lockdown is off (not compiled in, or securityfs not mounted)")];
    const mode = /\[(\w+)\]/.exec(text)?.[1] ?? "unknown";
    if (mode !== "confidentiality") return [ok(`lockdown is ${mode}`)];
    return [
      hopeless(
        "lockdown is confidentiality: BPF programs may not read kernel memory",
        "boot with lockdown=integrity",
      ),
    ];
  },
};
