/**
 * What BPF programs cost: run time and runs of each, counted by the kernel while anybody asks for it.
 *
 *     const counting = countProgramTime();
 *     ... a while ...
 *     const { run_time_ns, run_count } = programStats(fd);
 *     counting.close();
 *
 * Counting makes every run of every program on the machine a few tens of ns slower (two reads of the
 * clock), so it is to be on for a sample, not always.
 * @module
 */
import { closeFd } from "../os/libc.ts";
import { BPF_CMD, scratch } from "./syscall.ts";

/** enum bpf_stats_type, include/uapi/linux/bpf.h */
const BPF_STATS_RUN_TIME = 0;

/** Bytes of struct bpf_prog_info through recursion_misses (Linux 5.12). */
const INFO_BYTES = 216;
/** Offsets in it. */
const INFO = { type: 0, id: 4, name: 64, run_time_ns: 192, run_cnt: 200, recursion_misses: 208 };
const NAME_BYTES = 16;

/** What the kernel says about a program. */
export interface ProgramStats {
  /** At most 15 bytes. */
  name: string;
  /** The kernel's number for it. */
  id: number;
  /** enum bpf_prog_type */
  type: number;
  /** Time spent in it while counting was on, ns. */
  run_time_ns: bigint;
  /** Runs in that time. */
  run_count: bigint;
  /** Runs that were left out, for the program was running on that CPU already. */
  recursion_misses: bigint;
}

/**
 * Lets the kernel count until it is closed (BPF_ENABLE_STATS, Linux 5.8; CAP_SYS_ADMIN).
 * @throws SyscallError
 */
export function countProgramTime(): Disposable & { close(): void } {
  scratch.begin(0).setUint32(0, BPF_STATS_RUN_TIME, true);
  const fd = scratch.mustCall(BPF_CMD.BPF_ENABLE_STATS);
  let open = true;
  const close = () => {
    if (open) closeFd(fd);
    open = false;
  };
  return { close, [Symbol.dispose]: close };
}

/**
 * What the kernel has counted of a program, since its load.
 * @throws SyscallError
 */
export function programStats(fd: number): ProgramStats {
  const attr = scratch.begin(INFO_BYTES);
  scratch.data(0, INFO_BYTES).fill(0);
  attr.setUint32(0, fd, true);
  attr.setUint32(4, INFO_BYTES, true);
  attr.setBigUint64(8, scratch.address(0), true);
  scratch.mustCall(BPF_CMD.BPF_OBJ_GET_INFO_BY_FD);
  const data = scratch.data(0, INFO_BYTES);
  const view = new DataView(data.buffer, data.byteOffset, INFO_BYTES);
  const name = data.subarray(INFO.name, INFO.name + NAME_BYTES);
  const end = name.indexOf(0);
  return {
    name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
    id: view.getUint32(INFO.id, true),
    type: view.getUint32(INFO.type, true),
    run_time_ns: view.getBigUint64(INFO.run_time_ns, true),
    run_count: view.getBigUint64(INFO.run_cnt, true),
    recursion_misses: view.getBigUint64(INFO.recursion_misses, true),
  };
}

/**
 * The same by the kernel's number for it, from any thread: a number is never another program's.
 * @throws SyscallError, ENOENT for a program that is gone
 */
export function programStatsById(id: number): ProgramStats {
  scratch.begin(0).setUint32(0, id, true);
  const fd = scratch.mustCall(BPF_CMD.BPF_PROG_GET_FD_BY_ID);
  try {
    return programStats(fd);
  } finally {
    closeFd(fd);
  }
}
