/**
 * The platform in the running agent, with its real worker: what it answers, what a reload changes, what
 * it survives.
 * @module
 */
import assert from "node:assert/strict";
import { getJson } from "../../../src/cli/agent_api.ts";
import { look } from "../../../src/cli/top/look.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { platformConfig, QUICK, TestApi } from "../../support/service/platform.ts";

const on = platformConfig(QUICK);
const off = platformConfig("");

/** A port that nobody listened on a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

Deno.test("every path of the seed answers with its fields", async () => {
  await using agent = new TestAgent({ producer: true, config: on });
  await agent.ready();
  const api = await TestApi.of(agent);
  const realtime = await api.jsonThat("/metrics/realtime", ({ metrics }) => {
    const all = metrics as Record<string, { count: number }>;
    return all["cpu.total"]?.count >= 3 && "memory.virtual" in all;
  });
  assert.deepEqual(Object.keys(realtime).sort(), ["metrics", "processor_stats", "timestamp"]);
  const { "cpu.total": cpu } = realtime.metrics as Record<string, Record<string, number>>;
  assert.deepEqual(Object.keys(cpu).sort(), ["count", "max", "mean", "min"]);
  assert.ok(cpu.min >= 0 && cpu.max <= 100 && cpu.min <= cpu.mean && cpu.mean <= cpu.max);

  const history = await api.json("/metrics/history?metric_key=cpu.total&seconds=300");
  assert.equal(history.metric_key, "cpu.total");
  assert.equal(history.window_seconds, 300);
  const points = history.points as { timestamp: number; value: number; metadata: unknown }[];
  assert.equal(history.point_count, points.length);
  assert.deepEqual(points[0].metadata, { metric_type: "utilization", unit: "%" });
  assert.ok(Math.abs(points[0].timestamp - Date.now() / 1000) < 300);

  const { anomalies, total } = await api.json("/anomalies?limit=10");
  assert.ok(Array.isArray(anomalies) && typeof total === "number");
  const { trends } = await api.jsonThat("/trends", ({ trends }) => "cpu.total" in Object(trends));
  const trend = (trends as Record<string, Record<string, unknown>>)["cpu.total"];
  for (const key of ["slope", "current_value", "trend_direction", "magnitude"]) {
    assert.ok(key in trend, key);
  }
  const events = await api.json("/events?event_type=syscall&limit=20");
  assert.deepEqual(events, { events: [], total: 0 });
  const { event_bus, processor } = await api.json("/stats");
  assert.deepEqual(Object.keys(event_bus as object).sort(), [
    ...["active_subscribers", "buffer_size", "dropped_events", "subscribers", "total_events"],
  ]);
  assert.deepEqual(Object.keys(processor as object).sort(), [
    "active_metrics",
    "event_history_size",
    "process_cache_size",
    "total_events_processed",
  ]);
  const { parts, ready } = await api.json("/readyz");
  assert.equal(ready, true, JSON.stringify(parts));
});

Deno.test("SMB anomalies and snapshots are events, with the bundle by their id", async () => {
  await using agent = new TestAgent({ producer: true, config: on });
  await agent.ready();
  const api = await TestApi.of(agent);
  const response = await api.fetch("/snapshot", { method: "POST" });
  assert.equal(response.status, 201);
  const { id } = await response.json();
  const { anomalies } = await api.jsonThat("/anomalies?limit=100", (answer) => {
    const found = answer.anomalies as { data: { id?: string } }[];
    return found.some(({ data }) => data.id === id);
  });
  const snapshot = (anomalies as { source: string; data: Record<string, unknown> }[])
    .find(({ data }) => data.id === id);
  assert.equal(snapshot?.source, "smb::guardian");
  assert.equal(snapshot?.data.type, "snapshot");
  const bundle = await api.fetch(`/bundles/${id}`);
  assert.equal(bundle.status, 200);
  // The magic number of a zstd frame (RFC 8878, 3.1.1).
  assert.deepEqual([...new Uint8Array(await bundle.arrayBuffer()).subarray(0, 4)], [
    ...[0x28, 0xb5, 0x2f, 0xfd],
  ]);
});

Deno.test("tracers: what processes do is an event of its type, and none of the agent's", async () => {
  const config = platformConfig(`${QUICK}\nebpf: { enable_exec_monitor: true }`);
  await using agent = new TestAgent({ producer: true, config });
  await agent.ready();
  const api = await TestApi.of(agent);
  assert.equal(new Deno.Command("true").outputSync().code, 0);
  const { events } = await api.jsonThat(
    "/events?event_type=exec&limit=1000",
    ({ events }) => (events as { comm: string }[]).some(({ comm }) => comm === "true"),
  );
  const execs = events as { pid: number; source: string; data: { parent_pid: number } }[];
  assert.ok(execs.every(({ source }) => source === "eBPF::exec_monitor"));
  assert.ok(execs.every(({ pid, data }) => pid !== agent.pid && data.parent_pid !== agent.pid));
});

Deno.test("a reload switches its parts; without any there is no worker, no thread and no socket", async () => {
  await using agent = new TestAgent({ producer: true, config: off });
  await agent.ready();
  const { components, platform } = await agent.status();
  assert.equal(platform.state, "off");
  assert.deepEqual(components.map(({ name }) => name), ["dispatcher", "watcher", "collector"]);
  agent.configure(on);
  assert.ok((await agent.ask("reload")).ok);
  const api = await TestApi.of(agent);
  await api.jsonThat("/metrics/realtime", ({ metrics }) => "cpu.total" in Object(metrics));
  agent.configure(on.replace("api: { port: 0 }", "api: { port: 0, enabled: false }"));
  // Over the API itself: its answer comes before it ends.
  const reloaded = await api.fetch("/reload", { method: "POST" });
  assert.equal(reloaded.status, 200);
  assert.match(await reloaded.text(), /"path":"api.enabled"/);
  const { platform: rest } = await agent.statusThat((s) => s.platform.api.length === 0);
  assert.equal(rest.collectors.length, 6);
  await assert.rejects(api.json("/stats"));
  agent.configure(off);
  assert.ok((await agent.ask("reload")).ok);
  await agent.statusThat((s) => s.components.length === 3 && s.platform.state === "off");
  assert.throws(() => Deno.lstatSync(`${agent.runDir}/api.sock`), Deno.errors.NotFound);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});

/** The status that a request under this name gets. */
async function statusUnder(name: string, url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET /healthz HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  const answer = await new Response(connection.readable).text();
  return Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);
}

Deno.test("api.allowed_hosts: a reload puts names in force under which it may be asked", async () => {
  await using agent = new TestAgent({ producer: true, config: platformConfig("api: { port: 0 }") });
  await agent.ready();
  const before = (await TestApi.of(agent)).url;
  assert.equal(await statusUnder("proxy.example", before), 421);
  agent.configure(platformConfig("api: { port: 0, allowed_hosts: [Proxy.example] }"));
  assert.ok((await agent.ask("reload")).ok);
  const { platform } = await agent.statusThat(({ platform: { api } }) =>
    api.length > 0 && api[0] !== before
  );
  assert.equal(await statusUnder("proxy.example", platform.api[0]), 200);
  assert.equal(await statusUnder("other.example", platform.api[0]), 421);
});

Deno.test("a worker that throws is started again: the API is back, on its port and with its token", async () => {
  const port = freePort();
  await using agent = new TestAgent({
    producer: true,
    config: on.replace("port: 0", `port: ${port}`),
    env: { AOD_TEST_PLATFORM_THROW: "1500:1" },
  });
  await agent.ready();
  const before = await TestApi.of(agent);
  await agent.saw(/platform runs again \(it ended: .*as the test asked/);
  const after = await TestApi.of(agent);
  assert.deepEqual([after.token, after.url], [before.token, before.url]);
  await after.jsonThat("/metrics/realtime", ({ metrics }) => "cpu.total" in Object(metrics));
  const { components } = await agent.status();
  assert.deepEqual(components.map(({ restarts }) => restarts), [0, 0, 0, 1]);
});

Deno.test("a port that is taken is said once and tried again; the rest runs meanwhile", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr as Deno.NetAddr;
  const config = on.replace("port: 0", `port: ${port}`);
  await using agent = new TestAgent({ producer: true, config });
  await agent.ready();
  const { platform } = await agent.statusThat((s) => s.platform.faults.length > 0);
  assert.deepEqual(platform.faults.map(({ part }) => part), ["api"]);
  assert.equal(platform.collectors.length, 6);
  // Over its socket the API answers all the while.
  assert.equal((await look(agent.runDir)).by, "api");
  await assert.rejects(getJson(platform.socket, "/readyz"), /answers 503/);
  other.close();
  await TestApi.of(agent);
  assert.equal(agent.log.match(/something else listens there/g)?.length, 1);
});

Deno.test("SIGTERM ends it with a stream open; what is kept on disk is there again", async () => {
  const config = platformConfig(`${QUICK}\nhistory: { enabled: true, flush_interval: 1 }`);
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const path = "/metrics/history?metric_key=memory.total&seconds=300";
  const timesThat = async (api: TestApi, least: number) => {
    const { points } = await api.jsonThat(path, (answer) => Number(answer.point_count) >= least);
    return (points as { timestamp: number }[]).map(({ timestamp }) => timestamp);
  };
  const agent = new TestAgent({ producer: true, config, dir });
  await agent.ready();
  const api = await TestApi.of(agent);
  const stream = await api.fetch("/metrics/stream");
  const reader = stream.body?.getReader();
  assert.ok((await reader?.read())?.value !== undefined);
  const before = await timesThat(api, 3);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  await reader?.cancel().catch(() => {});
  await agent.end();
  await using again = new TestAgent({ producer: true, config, dir });
  await again.ready();
  const after = await timesThat(await TestApi.of(again), before.length + 1);
  const milliseconds = (times: number[]) => times.map((sec) => Math.round(sec * 1000));
  assert.deepEqual(milliseconds(after).slice(0, before.length), milliseconds(before));
});
