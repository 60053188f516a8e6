/**
 * Run time of BPF programs: counted while anybody asks for it, and by their own number.
 * @module
 */
import assert from "node:assert/strict";
import { countProgramTime, programStats } from "../../../src/bpf/program_stats.ts";
import { loadExecMonitor } from "../../../src/probe/exec_monitor/load.ts";
import { work } from "../../support/tracer/work.ts";

Deno.test("runs and run time of a program are counted while counting is on", async () => {
  const probe = loadExecMonitor({ ring_bytes: 1 << 16, leave_out_self: false });
  try {
    const fd = probe.handles.programs.exec_exec;
    const before = programStats(fd);
    assert.equal(before.name, "exec_exec");
    {
      using _counting = countProgramTime();
      await work("forks", 50);
    }
    const { run_count, run_time_ns, id, recursion_misses } = programStats(fd);
    assert.ok(run_count - before.run_count >= 51n);
    assert.ok(run_time_ns > before.run_time_ns);
    assert.equal(recursion_misses, 0n);
    assert.equal(id, before.id);
  } finally {
    probe.close();
  }
});
