/**
 * CONFIG_CIFS_STATS2: whether the kernel splits a request's time into queue, wire and wake-up.
 * @module
 */
import { gunzipSync } from "node:zlib";
import { type Check, type DoctorContext, ok, warn } from "./check.ts";

/** The check of the statistics of cifs. */
export const statistics: Check = {
  name: "statistics",
  about: "CONFIG_CIFS_STATS2: the split of a request's time into queue, wire and wake-up",
  run(context) {
    const config = kernelConfig(context);
    if (config === null) return [ok("the kernel's configuration is not readable: not known")];
    if (/^CONFIG_CIFS_STATS2=y$/m.test(config)) return [ok("CONFIG_CIFS_STATS2 is on")];
    if (!/^CONFIG_CIFS=[ym]$/m.test(config)) return [ok("the kernel is configured without cifs")];
    return [
      warn(
        "CONFIG_CIFS_STATS2 is off: no split of a request's time into queue, wire and wake-up",
        "boot a kernel that has it, where the split matters",
      ),
    ];
  },
};

function kernelConfig({ read, kernel }: DoctorContext): string | null {
  const plain = read(`/boot/config-${kernel}`) ?? read(`/lib/modules/${kernel}/config`);
  if (plain !== null) return plain;
  try {
    return gunzipSync(Deno.readFileSync("/proc/config.gz")).toString();
  } catch {
    return null;
  }
}
