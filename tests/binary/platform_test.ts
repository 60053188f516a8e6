/**
 * The platform of the built ./aod: what it answers over HTTP, `aod token`, `aod top`, `aod status`, and
 * its end.
 * @module
 */
import assert from "node:assert/strict";
import { aod } from "../support/program.ts";
import { startAod } from "../support/service/built_agent.ts";
import { platformConfig, QUICK, TestApi } from "../support/service/platform.ts";

const config = platformConfig(`${QUICK}\nhistory: { enabled: true }\nbudget: { rss_mb: 0 }
ebpf: { enable_syscall_trace: true, enable_exec_monitor: true, enable_io_monitor: true }`);

Deno.test("every part works in the built program, and SIGTERM ends it", async () => {
  await using agent = startAod({ config });
  await agent.ready();
  const api = await TestApi.of(agent);
  await api.jsonThat("/metrics/realtime", ({ metrics }) => "cpu.total" in Object(metrics));
  await api.jsonThat("/trends", ({ trends }) => "memory.virtual" in Object(trends));
  await api.jsonThat(
    "/events?event_type=exec&limit=20",
    () => new Deno.Command("true").outputSync().success,
  );
  await api.jsonThat("/events?event_type=exec&limit=20", ({ total }) => Number(total) > 0);
  for (const path of ["/anomalies?limit=10", "/stats", "/smb", "/processes", "/status"]) {
    await api.json(path);
  }
  const text = await (await api.fetch("/metrics")).text();
  for (const name of ["aod_info", "aod_cpu_total_percent", "aod_syscall_duration_seconds"]) {
    assert.match(text, new RegExp(`^# TYPE ${name} `, "m"));
  }
  const page = await api.fetch("/");
  assert.match(await page.text(), /<!DOCTYPE html>/i);
  const { platform } = await agent.status();
  assert.deepEqual(platform.faults, []);
  assert.deepEqual(platform.tracers, ["syscall", "exec", "block_io"]);
  assert.equal(platform.history, true);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  assert.throws(() => Deno.lstatSync(platform.socket), Deno.errors.NotFound);
});

Deno.test("aod token, aod top and aod status tell of the agent that runs", async () => {
  await using agent = startAod({ config: platformConfig(QUICK) });
  await agent.ready();
  const api = await TestApi.of(agent);
  await api.jsonThat("/processes", ({ by_cpu }) => (by_cpu as unknown[]).length > 0);
  const token = await aod("token", "--run-dir", agent.runDir);
  assert.equal(token.stdout, `${api.token}\n`);
  const json = await aod("token", "--json", "--run-dir", agent.runDir);
  assert.deepEqual(JSON.parse(json.stdout).api, [api.url]);
  const top = await aod("top", "--once", "--run-dir", agent.runDir);
  assert.equal(top.code, 0, top.stderr);
  assert.match(top.stdout, /^host +CPU \d+\.\d %.*load \d/m);
  assert.match(top.stdout, /^process +pid +CPU %/m);
  const look = JSON.parse((await aod("top", "--json", "--run-dir", agent.runDir)).stdout);
  assert.equal(look.by, "api");
  assert.ok(look.host["memory.percent"].value > 0);
  const status = await aod("status", "--run-dir", agent.runDir);
  assert.match(status.stdout, /^platform:\n {2}on\n {2}collectors +cpu, memory, disk/m);
});

Deno.test("without an API: top asks the control socket, token says what is missing", async () => {
  await using agent = startAod({ config: platformConfig("collectors: {}") });
  await agent.ready();
  const top = await aod("top", "--once", "--run-dir", agent.runDir);
  assert.equal(top.code, 0, top.stderr);
  assert.match(top.stdout, /the API is off[^]*^SMB /m);
  const token = await aod("token", "--config", agent.configPath);
  assert.equal(token.code, 1);
  assert.match(token.stderr, /^aod: Cannot read the token: because .*api\.token is not there/);
  const none = await aod("top", "--once", "--run-dir", `${agent.dir}/none`);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^aod: Cannot show anything: because aod is not running/);
});
