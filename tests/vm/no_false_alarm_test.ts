/**
 * Everyday work on a healthy share raises nothing with the embedded configuration; the run of ten
 * minutes is bench/long/no_false_alarm.ts.
 * @module
 */
import assert from "node:assert/strict";
import { healthyRun, type Phase } from "./support/healthy_run.ts";

/** Rest between two steps: the emulated processors keep up with it beside other work of the host. */
const PAUSE_SEC = 0.1;
/**
 * Thresholds of slow requests are ten times those of the embedded configuration: a test must not
 * depend on what else the host does. The long run leaves them as they are.
 */
const SLACK = 10;
const PHASES: Phase[] = [
  { kinds: ["compile", "watch"], seconds: 12 },
  { kinds: ["files"], seconds: 12 },
  { kinds: ["lock", "mount"], seconds: 12 },
];

Deno.test("vm 6.12: a compile, small files, watches, locks and mounts raise no alarm", async () => {
  const { work, alarms, status } = await healthyRun("6.12", PHASES, {
    pauseSec: PAUSE_SEC,
    slack: SLACK,
  });
  assert.deepEqual(alarms, []);
  assert.equal(status.counters.watcher_anomalies, 0);
  // Without work there is nothing to keep silent about.
  assert.ok(work.compile!.done.compile > 0 && work.compile!.done.archive > 0);
  assert.ok(work.files!.done.create > 0 && work.files!.done.unlink > 0);
  assert.ok(work.watch!.done.change > 0);
  assert.ok(work.lock!.done["waited over 1 s"] > 0);
  assert.ok(work.mount!.done.mounts > 0);
  assert.ok(status.ledger.kernel!.seen > 500, String(status.ledger.kernel!.seen));
});
