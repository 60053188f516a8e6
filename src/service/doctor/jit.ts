/**
 * The BPF JIT compiler: without it every request costs more.
 * @module
 */
import { type Check, ok, warn } from "./check.ts";

const PATH = "/proc/sys/net/core/bpf_jit_enable";

/** The check of the BPF compiler. */
export const jit: Check = {
  name: "jit",
  about: "the BPF JIT compiler",
  run({ read }) {
    const value = read(PATH)?.trim();
    if (value === undefined) return [warn(`${PATH} cannot be read`, "")];
    if (value === "0") {
      return [warn("the BPF JIT is off: the probe costs more", "sysctl net.core.bpf_jit_enable=1")];
    }
    return [ok(`the BPF JIT is on (${value})`)];
  },
};
