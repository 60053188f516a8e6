/**
 * Unit tests of bench/support/lab_results.ts.
 * @module
 */
import assert from "node:assert/strict";
import { labFigures } from "../../../bench/support/lab_results.ts";

const spread = (average: number) => ({ average, standard_deviation: 0.1, min: 0, max: 9 });

const RESULTS = {
  command: "dd",
  pairs: 6,
  ended_early: null,
  comparisons: ["Time of the workload", "Memory in use"].map((column) => ({
    column,
    unit: "s",
    baseline: spread(2),
    test: spread(2.1),
    change_percent: { average: 5 },
    difference: { interval: [0.02, 0.18] as [number, number], p: 0.01 },
    verdict: "higher",
  })),
  agent: { cpu_percent: 0.7, rss_mb: 120, disk_mb: 1 },
};

Deno.test("a figure of the time with its interval in percent, and the agent's own", () => {
  const [time, without, with_aod, cpu, memory, ...more] = labFigures("loop", RESULTS);
  assert.deepEqual(more, []);
  assert.equal(time.name, "loop: time of the workload, change with aod");
  assert.deepEqual([time.value, time.unit], [5, "%"]);
  assert.deepEqual([time.detail?.low_95, time.detail?.high_95, time.detail?.pairs], [1, 9, 6]);
  assert.deepEqual([without.value, with_aod.value, with_aod.unit], [2, 2.1, "s"]);
  assert.deepEqual(with_aod.detail, { deviation: 0.1, min: 0, max: 9 });
  assert.deepEqual([cpu.value, memory.value], [0.7, 120]);
});

Deno.test("a run that was cut short gives no figures", () => {
  assert.throws(
    () => labFigures("loop", { ...RESULTS, ended_early: "The run was interrupted" }),
    /Cannot use the run of dd: The run was interrupted/,
  );
});
