/**
 * The platform's part of the controller with a worker and tracers that the test plays: states,
 * messages, what is closed when.
 * @module
 */
import assert from "node:assert/strict";
import type { Config } from "../../../../src/config/types.ts";
import { ControlBlock } from "../../../../src/service/control.ts";
import type { FromWorker, ToWorker } from "../../../../src/service/messages.ts";
import type { PlatformReport } from "../../../../src/service/platform/messages.ts";
import { PlatformPart } from "../../../../src/service/platform/part.ts";
import { NO_REPORT } from "../../../../src/service/platform/status.ts";
import type { ControlCommand } from "../../../../src/service/socket/protocol.ts";
import type { WorkerHandle } from "../../../../src/service/supervisor_options.ts";
import { checkConfig, LATENCY, withAnomaly } from "../../../support/config.ts";

function configOf(sections: string): Config {
  const { config, errors } = checkConfig(withAnomaly(LATENCY, sections));
  assert.ok(config !== null, errors.join("\n"));
  return config;
}

/** A part whose worker answers nothing by itself. */
function rig(fail: string[] = []) {
  const sent: ToWorker[] = [];
  const events: string[] = [];
  const asked: ControlCommand[] = [];
  const workers: WorkerHandle[] = [];
  const log: string[] = [];
  const relayed: FromWorker[] = [];
  const part = new PlatformPart({
    control: ControlBlock.create(),
    spawn: () => {
      const worker: WorkerHandle = {
        postMessage: (message) => {
          sent.push(message);
          if (message.kind === "drain") queueMicrotask(() => say({ kind: "stopped" }));
        },
        terminate: () => {},
        onmessage: null,
        onerror: null,
        onmessageerror: null,
      };
      workers.push(worker);
      return worker;
    },
    threads: () => 0,
    paths: { dir: "/run/x" },
    command: (command) => {
      asked.push(command);
      return Promise.resolve({ ok: true, result: command });
    },
    log: (level, text) => void log.push(`${level} ${text}`),
    relay: (message) => void relayed.push(message),
    alert: (text) => void log.push(`ALERT ${text}`),
    audit: () => {},
    onRestarted: () => {},
    now_sec: () => 1000,
    tracers: {
      load: (name, { ring_bytes, slow_ms }) => {
        if (fail.includes(name)) return Promise.reject(new Error(`no ${name}`));
        events.push(`load ${name} ${ring_bytes} ${slow_ms}`);
        const handles = { maps: {}, programs: {}, ring_bytes, possible_cpus: 1 };
        const close = () => void events.push(`close ${name}`);
        return Promise.resolve({
          handles,
          object_bytes: 0,
          start: () => {},
          stop: () => {},
          close,
        });
      },
      limit: (name, _handles, { slow_ms }) => {
        events.push(`limit ${name} ${slow_ms}`);
        return Promise.resolve();
      },
    },
  });
  const say = (data: unknown) => workers.at(-1)?.onmessage?.({ data } as MessageEvent);
  const report = (seq: number, more: Partial<PlatformReport> = {}) =>
    say({ kind: "platform_report", report: { ...NO_REPORT, seq, ...more } });
  const settle = () => part.reported(0);
  const works = () =>
    sent.flatMap((m) => m.kind === "platform_start" || m.kind === "platform_work" ? [m.work] : []);
  return { part, sent, events, asked, workers, log, relayed, say, report, settle, works };
}

Deno.test("off: no worker, no program, no message", async () => {
  const { part, workers, events, sent, settle, log } = rig();
  part.apply(configOf("ml: {enabled: false}"));
  part.notice("anomaly", { id: "1" });
  part.tick();
  await settle();
  assert.equal(part.status().state, "off");
  assert.deepEqual(part.components(), []);
  await part.stop();
  assert.deepEqual([workers, events, sent, log], [[], [], [], []]);
});

Deno.test("on: the worker is given its work with all paths, and is on when it has reported", async () => {
  const { part, works, report, say, settle } = rig();
  part.apply(configOf("aod_output_dir: /srv/aod\napi: {}"));
  await settle();
  assert.equal(part.status().state, "starting");
  const [{ settings, seq, probe }] = works();
  assert.deepEqual(
    [settings.token_path, settings.socket_path, settings.history_dir, settings.hung_ms],
    ["/srv/aod/api.token", "/run/x/api.sock", "/srv/aod/history", 1000],
  );
  assert.equal(probe, null);
  say({ kind: "ready" });
  report(seq, { api: ["http://127.0.0.1:8000"] });
  const { state, api, token_file, socket } = part.status();
  assert.deepEqual([state, api], ["on", ["http://127.0.0.1:8000"]]);
  assert.deepEqual([token_file, socket], ["/srv/aod/api.token", "/run/x/api.sock"]);
  await part.stop();
  assert.equal(part.status().state, "off");
});

Deno.test("a reload that changes nothing of it sends nothing", async () => {
  const { part, works, settle } = rig();
  part.apply(configOf("collectors: {}"));
  await settle();
  part.apply(configOf("collectors: {}\nwatch_interval_sec: 2"));
  await settle();
  assert.equal(works().length, 1);
  part.apply(configOf("collectors: {cpu_interval: 5}"));
  await settle();
  assert.deepEqual(works().map(({ seq }) => seq), [1, 2]);
  await part.stop();
});

Deno.test("tracers: loaded once, told of limits, closed only when the reader has let go", async () => {
  const { part, works, report, events, settle } = rig();
  part.apply(configOf("ebpf: {enable_syscall_trace: true, enable_io_monitor: true}"));
  await settle();
  assert.deepEqual(events.splice(0), ["load syscall 262144 10", "load block_io 262144 10"]);
  assert.deepEqual(Object.keys(works()[0].tracers), ["syscall", "block_io"]);
  part.apply(configOf("ebpf: {enable_syscall_trace: true, slow_ms: 3}"));
  await settle();
  assert.deepEqual(events.splice(0), ["limit syscall 3"]);
  assert.deepEqual(Object.keys(works()[1].tracers), ["syscall"]);
  report(1);
  assert.deepEqual(events, [], "the reader has not seen the new work");
  report(2);
  assert.deepEqual(events.splice(0), ["close block_io"]);
  part.apply(configOf("ebpf: {enable_syscall_trace: true, buffer_pages: 128}"));
  await settle();
  assert.notEqual(works()[2].tracers.syscall?.id, works()[1].tracers.syscall?.id);
  report(3);
  assert.deepEqual(events.splice(0), ["load syscall 524288 10", "close syscall"]);
  await part.stop();
  assert.deepEqual(events, ["close syscall"]);
});

Deno.test("a tracer that does not load is a fault, and the others run", async () => {
  const { part, works, settle, log } = rig(["exec"]);
  part.apply(configOf("ebpf: {enable_exec_monitor: true, enable_io_monitor: true}"));
  await settle();
  const [{ tracers, faults, tracers_wanted }] = works();
  assert.deepEqual(Object.keys(tracers), ["block_io"]);
  assert.deepEqual(faults, [{ part: "exec", reason: "no exec" }]);
  assert.deepEqual(tracers_wanted, ["exec", "block_io"]);
  assert.deepEqual(log, ["WARNING exec: no exec"]);
  await part.stop();
});

Deno.test("what the budget sheds is unloaded, and loaded again when it comes back", async () => {
  const { part, say, report, events, works, settle } = rig();
  part.apply(configOf("collectors: {}\nebpf: {enable_exec_monitor: true}"));
  await settle();
  say({ kind: "platform_shed", parts: ["tracers"] });
  await settle();
  report(works().at(-1)?.seq ?? -1);
  say({ kind: "platform_shed", parts: [] });
  await settle();
  assert.deepEqual(events, ["load exec 262144 10", "close exec", "load exec 262144 10"]);
  await part.stop();
});

Deno.test("a worker that ends leaves nothing shed: its successor begins with everything", async () => {
  const { part, say, report, events, works, workers, settle } = rig();
  part.apply(configOf("collectors: {}\nebpf: {enable_exec_monitor: true}"));
  await settle();
  say({ kind: "ready" });
  report(works().at(-1)?.seq ?? -1);
  say({ kind: "platform_shed", parts: ["tracers"] });
  await settle();
  report(works().at(-1)?.seq ?? -1, { shed: ["tracers"] });
  assert.deepEqual(events.splice(0), ["load exec 262144 10", "close exec"]);
  workers.at(-1)?.onerror?.(new ErrorEvent("error", { message: "as the test asked" }));
  await settle();
  assert.deepEqual(events.splice(0), ["load exec 262144 10"]);
  assert.deepEqual(part.status().shed, []);
  // It is started after a moment.
  while (workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(Object.keys(works().at(-1)?.tracers ?? {}), ["exec"]);
  await part.stop();
});

Deno.test("the worker's questions are answered, with what could not be done as well", async () => {
  const { part, say, sent, asked, settle } = rig();
  part.apply(configOf("api: {}"));
  await settle();
  say({ kind: "platform_request", id: 7, command: "status" });
  await settle();
  assert.deepEqual(asked, ["status"]);
  assert.deepEqual(sent.at(-1), {
    kind: "platform_answer",
    id: 7,
    response: { ok: true, result: "status" },
  });
  await part.stop();
});

Deno.test("what SMB detection found is passed on, and the latest is kept for a worker that comes", async () => {
  const { part, sent, settle } = rig();
  for (let id = 0; id < 300; id++) part.notice("anomaly", { id: String(id) });
  part.notice("reload", {});
  part.apply(configOf("api: {}"));
  await settle();
  const [start] = sent;
  assert.ok(start.kind === "platform_start");
  assert.equal(start.smb.length, 200);
  assert.deepEqual(start.smb.at(-1), { event: "anomaly", fields: { id: "299" }, timestamp: 1000 });
  part.notice("sealed", { id: "299" });
  assert.deepEqual(sent.at(-1), {
    kind: "platform_smb",
    notice: { event: "sealed", fields: { id: "299" }, timestamp: 1000 },
  });
  await part.stop();
});

Deno.test("metrics for a bundle: asked of the worker; without one, and when it goes, there is a reason", async () => {
  const { part, sent, say, report, settle, works } = rig();
  const request = { from_sec: 1, anomalies_from_sec: 2, keys: ["cpu.total"] };
  await assert.rejects(part.metrics(request), /^Error: the platform is off$/);
  part.apply(configOf("collectors: {}"));
  await settle();
  await assert.rejects(part.metrics(request), /the platform is starting$/);
  say({ kind: "ready" });
  report(works()[0].seq);
  const asked = () => sent.flatMap((m) => m.kind === "platform_metrics" ? [m] : []);
  const [first, second] = [part.metrics(request), part.metrics(request)];
  assert.deepEqual(asked().map((message) => message.request), [request, request]);
  const answer = { series: [], left_out: 0, anomalies: [] };
  say({ kind: "platform_series", id: asked()[1].id, answer });
  assert.equal(await second, answer);
  say({ kind: "platform_series", id: asked()[0].id, answer: "it is broken" });
  await assert.rejects(first, /gave none: it is broken/);
  const third = part.metrics(request);
  const ended = assert.rejects(third, /gave none: it was switched off/);
  await part.stop();
  await ended;
});

Deno.test("anomalies of metrics are passed on as those of SMB are", async () => {
  const { part, say, relayed, settle } = rig();
  part.apply(configOf("collectors: {}"));
  await settle();
  say({ kind: "ready" });
  for (const kind of ["anomaly", "followup", "violations", "log"]) {
    say({ kind, level: "INFO", text: "x" });
  }
  assert.deepEqual(relayed.map(({ kind }) => kind), ["anomaly", "followup", "violations"]);
  await part.stop();
});

Deno.test("the worker is told the rules of metric anomalies; other actions change nothing", async () => {
  const { part, works, settle } = rig();
  const config = (actions: string, z = 5) => {
    const keys = `type: Metric, metrics: [cpu.total], min_z_score: ${z}, actions: [${actions}]`;
    const { config, errors } = checkConfig(withAnomaly(keys, "collectors: {}\nml: {}\n"));
    assert.ok(config !== null, errors.join("\n"));
    return config;
  };
  part.apply(config("host"));
  await settle();
  part.apply(config("dmesg"));
  await settle();
  assert.equal(works().length, 1);
  part.apply(config("dmesg", 6));
  await settle();
  assert.deepEqual(works().map(({ settings }) => settings.triggers[0].min_z_score), [5, 6]);
  await part.stop();
});
