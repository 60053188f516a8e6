/**
 * Loads and attaches the exec monitor: bpf/exec_monitor.bpf.c.
 * @module
 */
import type { TracerProbe } from "../tracer/handles.ts";
import { loadTracer, type TracerOptions } from "../tracer/load.ts";
import { EXEC_LAYOUT } from "./layout.gen.ts";

/**
 * Loads the exec monitor.
 * @throws ProbeError
 */
export function loadExecMonitor(options: TracerOptions): TracerProbe {
  return loadTracer({
    asset: "exec_monitor.bpf.o",
    name: "processes",
    what: "the exec monitor",
    layout: EXEC_LAYOUT,
    attach: ["exec_fork", "exec_exec", "exec_exit"],
    leave_out: "exec_leave_out_caller",
    ring: "exec_ring",
    setUp() {},
    fill() {},
  }, options);
}
