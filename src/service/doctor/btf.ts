/**
 * BTF of the kernel and of the cifs module: what fentry needs to find its hooks.
 * @module
 */
import { type Check, hopeless, ok, warn } from "./check.ts";

/** The check of the BTF of kernel and cifs. */
export const btf: Check = {
  name: "btf",
  about: "type information (BTF) of the kernel and of the cifs module",
  run({ exists }) {
    if (!exists("/sys/kernel/btf/vmlinux")) {
      return [
        hopeless(
          "no BTF of the kernel (/sys/kernel/btf/vmlinux): the probe cannot be relocated",
          "boot a kernel with CONFIG_DEBUG_INFO_BTF=y",
        ),
      ];
    }
    const findings = [ok("BTF of the kernel is there")];
    if (!exists("/sys/module/cifs")) return findings;
    if (exists("/sys/kernel/btf/cifs")) return [...findings, ok("BTF of cifs is there")];
    if (!exists("/sys/module/cifs/sections")) return [...findings, ok("cifs is built in")];
    return [
      ...findings,
      warn(
        "no BTF of the cifs module: raw tracepoints instead of fentry",
        "boot a kernel with CONFIG_DEBUG_INFO_BTF_MODULES=y",
      ),
    ];
  },
};
