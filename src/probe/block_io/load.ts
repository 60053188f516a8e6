/**
 * Loads and attaches the block tracer: bpf/block_io.bpf.c.
 * @module
 */
import { possibleCpus } from "../../bpf/libbpf.ts";
import { mapArrayMmap } from "../../bpf/map.ts";
import type { TracerHandles, TracerProbe } from "../tracer/handles.ts";
import { limitNs } from "../tracer/limit.ts";
import { loadTracer, powerOfTwo, type TracerOptions } from "../tracer/load.ts";
import { BLOCK_CONFIG_BYTES, BLOCK_CONFIG_OFFSET, BLOCK_LAYOUT, BLOCK_OP } from "./layout.gen.ts";
import { BLOCK_SIZE } from "./layout.gen.ts";

/** What can be changed while it runs. */
export interface BlockSettings {
  /** Requests that take so long or longer are told one by one; Infinity: none. */
  slow_ms: number;
  /** One in so many requests of a CPU is told, whatever it took; 0: none. */
  sample_every: number;
}

/** How to load it. */
export interface BlockIoOptions extends TracerOptions, BlockSettings {}

/** What the reader needs. */
export interface BlockHandles extends TracerHandles {
  /** Cells of a row: power of two. */
  shards: number;
}

/** More shards would be memory for nothing: what they avoid is that CPUs write to the same cell. */
const MAX_SHARDS = 8;

/**
 * Loads the block tracer.
 * @throws ProbeError
 */
export function loadBlockIo(options: BlockIoOptions): TracerProbe<BlockHandles> {
  const shards = Math.min(powerOfTwo(possibleCpus()), MAX_SHARDS);
  const probe = loadTracer({
    asset: "block_io.bpf.o",
    name: "block",
    what: "the block tracer",
    layout: BLOCK_LAYOUT,
    attach: ["block_fork", "block_complete", "block_issue"],
    leave_out: "block_leave_out_caller",
    ring: "block_ring",
    setUp(object) {
      object.setMaxEntries("block_cells", BLOCK_SIZE.DEVICES * BLOCK_OP.COUNT * shards);
      object.rodata("block_shard_mask", shards - 1);
    },
    fill: (maps) => writeBlockSettings(maps.block_config, options),
  }, options);
  return { ...probe, handles: { ...probe.handles, shards } };
}

/**
 * Writes the settings; programs that run see each of them at once.
 * @param fd the map block_config
 * @throws SyscallError
 */
export function writeBlockSettings(fd: number, settings: BlockSettings): void {
  const memory = mapArrayMmap(fd, BLOCK_CONFIG_BYTES, true);
  try {
    const view = new DataView(memory.buffer);
    view.setBigUint64(BLOCK_CONFIG_OFFSET.slow_ns, limitNs(settings.slow_ms), true);
    view.setUint32(BLOCK_CONFIG_OFFSET.sample_every, settings.sample_every, true);
  } finally {
    memory.unmap();
  }
}
