/**
 * Reloads that write the rules into the kernel while requests are judged by them on another CPU:
 * what the old and the new configuration both want is reported at every moment between.
 * @module
 */
import assert from "node:assert/strict";
import { parseConfig } from "../../../src/evidence/configuration.ts";
import { SMB_FLAG } from "../../../src/probe/smb/layout.gen.ts";
import type { RulesOrder } from "../../support/rules_worker.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

const CREATE = 5;
const ACCESS_DENIED = 0xc0000022;
const EACCES = 13;
const REQUESTS = 40_000;

const config = (errors: string, threshold: string) =>
  parseConfig(
    `
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts], default_threshold_ms: ${threshold} }
    errors: { type: error, tool: smbiosnoop, actions: [mounts], ${errors} }
`,
    "test.yaml",
  ).config;

/** All of them want slow requests of any length and STATUS_ACCESS_DENIED, each in its own way. */
const CONFIGS = [
  config("mode: all", "0"),
  config("mode: trackonly, track_codes: [EACCES, EIO]", "0"),
  config("mode: excludeonly, exclude_codes: [EIO, DISK_FULL]", "0"),
  config("mode: trackonly, track_codes: [STATUS_ACCESS_DENIED]", "0"),
];

Deno.test("rules are written thousands of times while requests are judged: none slips through", async () => {
  using programs = new SmbPrograms({ ring_bytes: 1 << 22 });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("../../support/rules_worker.ts", import.meta.url), {
    type: "module",
  });
  const reloads = new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
  const order: RulesOrder = {
    configs: CONFIGS,
    maps: { smb_rules: programs.mapFd("smb_rules"), smb_codes: programs.mapFd("smb_codes") },
    stop: stop.buffer as SharedArrayBuffer,
  };
  worker.postMessage(order);
  let id = 0n;
  let failing = 0;
  const one = () => {
    programs.enter(CREATE, ++id);
    programs.err(CREATE, id, ACCESS_DENIED, -EACCES);
    return programs.records();
  };
  // Until the first rules are in force nothing is reported.
  const begun = performance.now();
  while (one().length === 0) {
    assert.ok(performance.now() - begun < 10_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (let i = 0; i < REQUESTS; i++) {
    const [record, ...more] = one();
    assert.ok(record !== undefined && more.length === 0, `request ${i} was not reported`);
    assert.ok(record.flags & SMB_FLAG.SLOW, `request ${i} was not slow`);
    if (record.flags & SMB_FLAG.FAILED) failing++;
  }
  Atomics.store(stop, 0, 1);
  assert.ok(await reloads > 100);
  worker.terminate();
  assert.equal(failing, REQUESTS);
});
