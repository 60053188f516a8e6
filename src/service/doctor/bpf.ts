/**
 * The bpf(2) system call: whether this process may make maps, tried with a map of one element.
 * @module
 */
import { createMap } from "../../bpf/map.ts";
import { EPERM, SyscallError } from "../../os/errno.ts";
import { closeFd } from "../../os/libc.ts";
import { type Check, fail, type Finding, hopeless, ok } from "./check.ts";

const BPF_MAP_TYPE_ARRAY = 2;

/** The check of the BPF system call. */
export const bpf: Check = {
  name: "bpf",
  about: "the bpf(2) system call and the right to use it",
  run({ uid }) {
    try {
      const spec = { type: BPF_MAP_TYPE_ARRAY, key_bytes: 4, value_bytes: 8, max_entries: 1 };
      closeFd(createMap({ ...spec, name: "aod_doctor" }));
      return [ok("bpf(2) works")];
    } catch (error) {
      return [refused(error, uid)];
    }
  },
};

function refused(error: unknown, uid: number): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  if (uid !== 0) return fail(`Cannot use bpf(2): because ${reason}`, "run aod doctor as root");
  if (error instanceof SyscallError && error.errno === EPERM) {
    return hopeless(
      `Cannot use bpf(2): because ${reason}`,
      "give the container or unit CAP_BPF and CAP_PERFMON, and leave its seccomp filter off bpf",
    );
  }
  return hopeless(
    `Cannot use bpf(2): because ${reason}`,
    "boot a kernel with CONFIG_BPF_SYSCALL=y",
  );
}
