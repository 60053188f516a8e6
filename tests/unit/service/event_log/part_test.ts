/**
 * The event log's part of the controller with a worker and programs that the test plays: states,
 * alerts, tries.
 * @module
 */
import assert from "node:assert/strict";
import { parseConfig } from "../../../../src/evidence/configuration.ts";
import { ControlBlock } from "../../../../src/service/control.ts";
import { EventLogPart } from "../../../../src/service/event_log/part.ts";
import type { ToWorker } from "../../../../src/service/messages.ts";
import type { WorkerHandle } from "../../../../src/service/supervisor_options.ts";

const configOf = (keys: string) =>
  parseConfig(
    `guardian: {anomalies: {a: {type: latency, tool: smbslower, actions: [dmesg]}}}\n` +
      `event_log: {${keys}}`,
    "f",
  ).config;

class Failing extends Error {
  constructor(readonly reason: string) {
    super(`Cannot load the event log: because of ${reason}`);
  }
}

function part(reason: string) {
  const alerts: string[] = [];
  const audited: string[] = [];
  let loads = 0;
  const log = new EventLogPart({
    control: ControlBlock.create(),
    spawn: () => {
      throw new Error("unreachable: nothing is loaded");
    },
    load: () => {
      loads++;
      throw new Failing(reason);
    },
    threads: () => 0,
    log: () => {},
    alert: (text) => void alerts.push(text),
    audit: (event) => void audited.push(event),
    onRestarted: () => {},
  });
  const turn = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
  return { log, alerts, audited, turn, loads: () => loads };
}

Deno.test("off: nothing is loaded, started or told", async () => {
  const { log, alerts, audited, turn, loads } = part("kernel");
  log.apply(configOf("enabled: false"));
  await turn();
  log.tick(performance.now());
  await log.stop();
  assert.equal(log.status().state, "off");
  assert.deepEqual([loads(), alerts, audited, log.components()], [0, [], [], []]);
});

Deno.test("programs that do not load are one alert, and are tried again after a wait that grows", async () => {
  const { log, alerts, audited, turn, loads } = part("kernel");
  log.apply(configOf("enabled: true"));
  await turn();
  assert.equal(log.status().state, "failed");
  assert.equal(log.status().retry_in_sec, 1);
  log.tick(performance.now());
  assert.equal(loads(), 1, "not before its time");
  log.tick(performance.now() + 1_100);
  await turn();
  assert.equal(loads(), 2);
  assert.equal(log.status().retry_in_sec, 2);
  assert.deepEqual(alerts, ["event log stopped: Cannot load the event log: because of kernel"]);
  assert.deepEqual(audited, ["event_log_failed"]);
  log.apply(configOf("enabled: false"));
  await turn();
  await log.stop();
  assert.equal(log.status().state, "off");
});

Deno.test("a kernel that cannot is not asked again before it is switched off and on", async () => {
  const { log, alerts, turn, loads } = part("no_btf");
  log.apply(configOf("enabled: true"));
  await turn();
  assert.equal(log.status().state, "ended");
  assert.equal(log.status().retry_in_sec, null);
  log.tick(performance.now() + 1e9);
  log.apply(configOf("enabled: true, keep: 3"));
  await turn();
  assert.equal(loads(), 1);
  assert.equal(alerts.length, 1);
  log.apply(configOf("enabled: false"));
  await turn(50);
  log.apply(configOf("enabled: true"));
  await turn();
  assert.equal(loads(), 2);
  await log.stop();
});

Deno.test("its worker is given the work, armed when the output is open, and stopped when it fails", async () => {
  const sent: ToWorker[] = [];
  const wanted: number[] = [];
  const worker: WorkerHandle = {
    postMessage: (message) => void sent.push(message),
    terminate: () => {},
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  const say = (data: unknown) => worker.onmessage?.({ data } as MessageEvent);
  const alerts: string[] = [];
  const log = new EventLogPart({
    control: ControlBlock.create(),
    spawn: () => worker,
    load: () => ({
      handles: { maps: {}, ring_bytes: 4096, possible_cpus: 1 },
      programs: [],
      setFilters: () => {},
      fits: () => true,
      setTypes: (types) => void wanted.push(types.size),
      close: () => {},
    }),
    threads: () => 1,
    log: () => {},
    alert: (text) => void alerts.push(text),
    audit: () => {},
    onRestarted: () => {},
  });
  const turn = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
  log.apply(configOf("enabled: true, types: [open, exec]"));
  await turn();
  const [start] = sent;
  assert.ok(start.kind === "event_log_start" && start.work.source?.id === 1);
  say({ kind: "ready" });
  assert.deepEqual(wanted, [], "nothing is logged before the output is open");
  say({ kind: "event_log_state", seq: start.work.seq, state: "open", reason: "" });
  assert.deepEqual(wanted, [2]);
  assert.equal(sent.at(-1)?.kind, "event_log_armed");
  const reason = "Cannot write /x: because there is no space left";
  say({ kind: "event_log_state", seq: start.work.seq, state: "failed", reason });
  assert.deepEqual(wanted, [2, 0]);
  assert.deepEqual(alerts, [`event log stopped: ${reason}`]);
  await turn(50);
  const letGo = sent.at(-1);
  assert.ok(letGo?.kind === "event_log_work" && letGo.work.source === null);
  log.tick(performance.now() + 1_100);
  await turn();
  const again = sent.at(-1);
  assert.ok(again?.kind === "event_log_work" && again.work.source?.id === 1);
  // It fails again: no second alert.
  say({ kind: "event_log_state", seq: again.work.seq, state: "failed", reason: `${reason}!` });
  assert.equal(alerts.length, 1);
  await turn(50);
});
