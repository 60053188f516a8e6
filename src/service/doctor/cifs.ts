/**
 * The cifs module: loaded, or at least installed.
 * @module
 */
import { type Check, fail, ok, warn } from "./check.ts";

/** The check of the cifs module. */
export const cifs: Check = {
  name: "cifs",
  about: "the SMB client (cifs.ko)",
  run({ exists, read, kernel }) {
    if (exists("/sys/module/cifs")) {
      const version = read("/sys/module/cifs/version")?.trim();
      return [ok(`cifs is loaded${version === undefined ? "" : ` (version ${version})`}`)];
    }
    const dependencies = read(`/lib/modules/${kernel}/modules.dep`);
    const builtin = read(`/lib/modules/${kernel}/modules.builtin`);
    if (/\/cifs\.ko/.test(builtin ?? "")) return [ok("cifs is built in")];
    if (/\/cifs\.ko/.test(dependencies ?? "")) {
      return [
        warn(
          "cifs is not loaded: aod attaches when it is",
          "mount a share, or modprobe cifs",
        ),
      ];
    }
    return [
      fail(
        `cifs is not loaded and not installed for kernel ${kernel}`,
        "install the kernel's module package (linux-modules-extra, kernel-modules)",
      ),
    ];
  },
};
