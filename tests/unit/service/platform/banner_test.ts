/** What a person at a terminal is told of the platform. @module */
import assert from "node:assert/strict";
import { bannerLines } from "../../../../src/service/platform/banner.ts";
import { NO_REPORT, type PlatformStatus } from "../../../../src/service/platform/status.ts";
import { checkConfig, LATENCY, platformOf, withAnomaly } from "../../../support/config.ts";

function configOf(sections: string) {
  const { config, errors } = checkConfig(withAnomaly(LATENCY, sections));
  assert.ok(config !== null, errors.join("\n"));
  return platformOf(config);
}

const ON: PlatformStatus = { ...NO_REPORT, state: "on", reason: "", token_file: "", socket: "" };
const BUS = [
  "✓ Event bus initialized (500 events, drop_newest)",
  "✓ Stream processor initialized (1000 points a metric, 5000 events)",
];
const DONE = "✓ Platform initialization complete";

Deno.test("the counts are those of what runs, not of what was asked for", () => {
  const config = configOf(
    "bus: {buffer_size: 500, on_full: drop_newest}\ncollectors: {}\nml: {}\napi: {}\n" +
      "ebpf: {enable_syscall_trace: true, enable_exec_monitor: true}",
  );
  const status: PlatformStatus = {
    ...ON,
    collectors: ["cpu", "memory"],
    tracers: ["exec"],
    detectors: ["z_score"],
    trends: true,
    api: ["http://127.0.0.1:8000"],
    faults: [{ part: "syscall", reason: "it does not load" }],
  };
  assert.deepEqual(bannerLines(config, status), [
    ...BUS,
    "✗ Loaded 1 of 2 eBPF programs (exec)",
    "✓ Initialized 2 user-space collectors (cpu, memory)",
    "✓ ML pipelines initialized (z_score, trends)",
    "✓ API server listening on http://127.0.0.1:8000",
    "✗ syscall: it does not load",
  ]);
  const tracers = ["syscall", "exec"];
  const all = bannerLines(config, { ...status, tracers, faults: [] });
  assert.equal(all[2], "✓ Loaded 2 eBPF programs (syscall, exec)");
  assert.equal(all.at(-1), DONE);
});

Deno.test("nothing is said of parts that are off", () => {
  const config = configOf("bus: {buffer_size: 500, on_full: drop_newest}\napi: {}");
  assert.deepEqual(bannerLines(config, ON), [...BUS, DONE]);
  assert.deepEqual(bannerLines(config, { ...ON, state: "off" }), []);
});

Deno.test("a platform that is not there is named with the reason", () => {
  const config = configOf("api: {}");
  assert.deepEqual(bannerLines(config, { ...ON, state: "starting" }), [
    "✗ Platform: it does not answer yet",
  ]);
  assert.deepEqual(
    bannerLines(config, { ...ON, state: "ended", reason: "its worker hung twice" }),
    [
      "✗ Platform: its worker hung twice",
    ],
  );
});
