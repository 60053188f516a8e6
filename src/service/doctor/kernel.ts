/**
 * The kernel's version: what the probe needs, and what it was tested on.
 * @module
 */
import { type Check, hopeless, ok, warn } from "./check.ts";

/** Ring buffer maps (5.8), bpf_for_each_map_elem (5.13), syscall programs (5.14): the probe's floor. */
const FLOOR = [5, 14];
/** bpf_loop-free verifier limits and module BTF as on Debian 12, the oldest tested kernel. */
const TESTED = [6, 1];

/** The check of the kernel version. */
export const kernel: Check = {
  name: "kernel",
  about: "version of the running kernel",
  run({ kernel }) {
    const version = /^(\d+)\.(\d+)/.exec(kernel)?.slice(1).map(Number);
    if (version === undefined) return [warn(`kernel ${kernel}: unknown version`, "")];
    if (older(version, FLOOR)) {
      return [hopeless(
        `kernel ${kernel} is older than ${FLOOR.join(".")}: no BPF programs of type syscall`,
        `boot kernel ${TESTED.join(".")} or newer`,
      )];
    }
    if (older(version, TESTED)) {
      return [
        warn(
          `kernel ${kernel} is older than what aod is tested on (${TESTED.join(".")})`,
          "expect raw tracepoints instead of fentry",
        ),
      ];
    }
    return [ok(`kernel ${kernel}`)];
  },
};

function older(version: number[], than: number[]): boolean {
  return version[0] < than[0] || (version[0] === than[0] && version[1] < than[1]);
}
