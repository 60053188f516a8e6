/**
 * All collectors by their runner on this host.
 * @module
 */
import assert from "node:assert/strict";
import { HOST, type Sample } from "../../../src/collect/collector.ts";
import { COLLECTORS } from "../../../src/collect/registry.ts";
import { CollectorRunner } from "../../../src/collect/runner.ts";

Deno.test("runner: every collector gives samples again and again, with how long it took", async () => {
  const samples: Record<string, Sample[]> = {};
  const errors: string[] = [];
  const enough = Promise.withResolvers<void>();
  const intervals = {
    cpu_interval: 0.1,
    memory_interval: 0.1,
    disk_interval: 0.1,
    network_interval: 0.1,
    process_interval: 0.2,
    smb_interval: 0.2,
  };
  using runner = new CollectorRunner({
    collectors: COLLECTORS,
    intervals,
    env: HOST,
    keepAlive: true,
    onSample: (name, sample) => {
      (samples[name] ??= []).push(sample);
      if (COLLECTORS.every(({ name }) => (samples[name] ?? []).length >= 3)) enough.resolve();
    },
    onError: (name, reason) => errors.push(`${name}: ${reason}`),
  });
  runner.start();
  await enough.promise;
  runner.stop();
  assert.deepEqual(errors, []);
  assert.deepEqual(runner.failures(), []);
  for (const { name } of COLLECTORS) {
    const times = samples[name].map(({ timestamp }) => timestamp);
    assert.deepEqual([...times].sort((a, b) => a - b), times);
    for (const { points } of samples[name]) {
      const of = (what: string) => points.find(({ key }) => key === `collector.${name}.${what}`);
      assert.equal(of("success")?.value, 1);
      assert.ok((of("duration_ms")?.value ?? -1) >= 0);
    }
  }
});
