/**
 * Loads and attaches the syscall tracer: bpf/syscall_tracer.bpf.c.
 * @module
 */
import { possibleCpus } from "../../bpf/libbpf.ts";
import { indexKey, updateElem } from "../../bpf/map.ts";
import type { TracerHandles, TracerProbe } from "../tracer/handles.ts";
import { loadTracer, powerOfTwo, type TracerOptions } from "../tracer/load.ts";
import { type SyscallSettings, writeSyscallSettings } from "./config.ts";
import { SYS_LAYOUT, SYS_SIZE } from "./layout.gen.ts";

/** How to load it. */
export interface SyscallTracerOptions extends TracerOptions, SyscallSettings {
  /** Histograms by the name of the process, or by process too: then each has its own. */
  by: "comm" | "tgid";
  /** Histograms that there can be; what comes later is counted together, by syscall. 1 to 65536. */
  rows: number;
}

/** What the reader needs. */
export interface SyscallHandles extends TracerHandles {
  /** Rows, those of all that have no row of their own (the first 512) included. */
  row_count: number;
  /** Cells of a row: power of two. */
  shards: number;
}

/** More shards would be memory for nothing: what they avoid is that CPUs write to the same cell. */
const MAX_SHARDS = 16;

/**
 * Loads the syscall tracer.
 * @throws ProbeError; RangeError for options that cannot be
 */
export function loadSyscallTracer(options: SyscallTracerOptions): TracerProbe<SyscallHandles> {
  const { rows } = options;
  if (!Number.isInteger(rows) || rows < 1 || rows > 65536) {
    throw new RangeError(`Cannot trace syscalls: because ${rows} rows are not 1 to 65536`);
  }
  const row_count = SYS_SIZE.SYSCALLS + rows;
  const shards = Math.min(powerOfTwo(possibleCpus()), MAX_SHARDS);
  const probe = loadTracer({
    asset: "syscall_tracer.bpf.o",
    name: "syscalls",
    what: "the syscall tracer",
    layout: SYS_LAYOUT,
    attach: ["sys_fork", "sys_thread_exit", "sys_enter", "sys_exit"],
    leave_out: "sys_leave_out_caller",
    ring: "sys_ring",
    setUp(object) {
      object.setMaxEntries("sys_cells", row_count * shards);
      object.setMaxEntries("sys_keys", row_count);
      object.setMaxEntries("sys_rows", rows);
      object.setMaxEntries("sys_free", rows);
      object.rodata("sys_row_count", row_count);
      object.rodata("sys_shard_mask", shards - 1);
      object.rodata("sys_shards_are_shared", possibleCpus() > shards);
    },
    fill(maps) {
      const none = new Uint8Array(0);
      for (let row = SYS_SIZE.SYSCALLS; row < row_count; row++) {
        updateElem(maps.sys_free, none, indexKey(row));
      }
      writeSyscallSettings(maps.sys_config, options, options.by);
    },
  }, options);
  return { ...probe, handles: { ...probe.handles, row_count, shards } };
}
