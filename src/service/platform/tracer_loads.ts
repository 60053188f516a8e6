/**
 * The tracers' programs in the kernel, on the main thread: loaded when they are wanted, told of new
 * limits, closed when their reader has let go of them.
 * @module
 */
import type { TracerConfig } from "../../config/platform.ts";
import { reasonOf } from "../../os/reason.ts";
import type { TracerHandles, TracerProbe } from "../../probe/tracer/handles.ts";
import type { PlatformFault, TracerName, TracerSources } from "./messages.ts";

/** Bytes of a page of `ebpf.buffer_pages`. */
const PAGE_BYTES = 4096;
/** Histograms of system calls by name of the process. */
const SYSCALL_ROWS = 4096;

/** Limits that can change while a tracer runs. */
export type TracerLimits = Pick<TracerConfig, "slow_ms" | "sample_every">;

interface Load {
  id: number;
  probe: TracerProbe;
  buffer_pages: number;
}

/** Loads one tracer; throws where that cannot be. */
export type LoadTracer = (
  name: TracerName,
  options: TracerLimits & { ring_bytes: number },
) => Promise<TracerProbe>;

/** Puts other limits into a tracer. */
export type LimitTracer = (
  name: TracerName,
  handles: TracerHandles,
  limits: TracerLimits,
) => Promise<void>;

/** What loads. */
export interface TracerLoader {
  /** See the types. */
  load: LoadTracer;
  /** See the types. */
  limit: LimitTracer;
}

/** The tracers that a configuration asks for. */
export function tracersWanted(ebpf: TracerConfig): TracerName[] {
  const wanted: TracerName[] = [];
  if (ebpf.enable_syscall_trace) wanted.push("syscall");
  if (ebpf.enable_exec_monitor) wanted.push("exec");
  if (ebpf.enable_io_monitor) wanted.push("block_io");
  return wanted;
}

/** The loads of one agent. */
export class TracerLoads {
  readonly #loader: TracerLoader;
  readonly #loads = new Map<TracerName, Load>();
  #leaving: { probe: TracerProbe; seq: number }[] = [];
  #ids = 0;
  /** Tracers that could not be loaded. */
  faults: PlatformFault[] = [];

  /** Nothing is loaded. */
  constructor(loader: TracerLoader = REAL) {
    this.#loader = loader;
  }

  /** What the worker is to read. */
  get sources(): TracerSources {
    const sources: Record<string, { id: number; handles: TracerHandles }> = {};
    for (const [name, { id, probe }] of this.#loads) {
      sources[name] = { id, handles: probe.handles };
    }
    return sources as TracerSources;
  }

  /**
   * Loads what is missing and takes away what is not wanted.
   * @param seq of the work that tells the reader: what goes is closed when that is done
   */
  async apply(wanted: readonly TracerName[], ebpf: TracerConfig, seq: number): Promise<void> {
    this.faults = [];
    const { buffer_pages, slow_ms, sample_every } = ebpf;
    for (const [name, load] of [...this.#loads]) {
      if (wanted.includes(name) && load.buffer_pages === buffer_pages) continue;
      this.#loads.delete(name);
      // Its reader takes what there is, and lets go.
      load.probe.stop();
      this.#leaving.push({ probe: load.probe, seq });
    }
    for (const name of wanted) {
      const limits = { slow_ms, sample_every };
      try {
        const there = this.#loads.get(name);
        if (there !== undefined) await this.#loader.limit(name, there.probe.handles, limits);
        else {
          const ring_bytes = buffer_pages * PAGE_BYTES;
          const probe = await this.#loader.load(name, { ...limits, ring_bytes });
          this.#loads.set(name, { id: ++this.#ids, probe, buffer_pages });
        }
      } catch (error) {
        this.faults.push({ part: name, reason: reasonOf(error) });
      }
    }
  }

  /** The reader has done the work of this number. */
  done(seq: number): void {
    const closed = this.#leaving.filter((left) => left.seq <= seq);
    this.#leaving = this.#leaving.filter((left) => left.seq > seq);
    for (const { probe } of closed) probe.close();
  }

  /** Closes everything: nobody reads any more. */
  closeAll(): void {
    this.done(Infinity);
    for (const { probe } of this.#loads.values()) probe.close();
    this.#loads.clear();
    this.faults = [];
  }
}

/** The real ones; their code is loaded when one is wanted. */
const REAL: TracerLoader = {
  load: async (name, { ring_bytes, ...limits }) => {
    const options = { ring_bytes, leave_out_self: true, ...limits };
    if (name === "syscall") {
      const { loadSyscallTracer } = await import("../../probe/syscall_tracer/load.ts");
      return loadSyscallTracer({ ...options, by: "comm", rows: SYSCALL_ROWS });
    }
    if (name === "exec") {
      const { loadExecMonitor } = await import("../../probe/exec_monitor/load.ts");
      return loadExecMonitor(options);
    }
    const { loadBlockIo } = await import("../../probe/block_io/load.ts");
    return loadBlockIo(options);
  },
  limit: async (name, { maps }, limits) => {
    if (name === "syscall") {
      const { writeSyscallSettings } = await import("../../probe/syscall_tracer/config.ts");
      writeSyscallSettings(maps.sys_config, limits);
    } else if (name === "block_io") {
      const { writeBlockSettings } = await import("../../probe/block_io/load.ts");
      writeBlockSettings(maps.block_config, limits);
    }
  },
};
