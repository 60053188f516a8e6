/**
 * What is mounted, and SMB1 mounts: their requests do not go through the hooks.
 * @module
 */
import { type Check, ok, warn } from "./check.ts";

/** The check of the SMB mounts. */
export const mounts: Check = {
  name: "mounts",
  about: "SMB mounts, and those with vers=1.0 that the probe does not see",
  run({ read }) {
    const all = (read("/proc/mounts") ?? "").split("\n")
      .map((line) => line.split(" "))
      .filter(([, , type]) => type === "cifs" || type === "smb3");
    const old = all.filter(([, , , options]) => /(?:^|,)vers=1\.0(?:,|$)/.test(options ?? ""));
    if (all.length === 0) return [ok("no SMB mount")];
    const findings = [ok(`${all.length} SMB mounts`)];
    for (const [source, point] of old) {
      findings.push(
        warn(`${point} (${source}) is mounted with SMB1: not seen`, "mount it with vers=3.1.1"),
      );
    }
    return findings;
  },
};
