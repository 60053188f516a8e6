/**
 * Start, stop, signals, reload, snapshot and the control socket of a running agent.
 * @module
 */
import assert from "node:assert/strict";
import { TestAgent } from "../../support/service/agent.ts";

const anomaly = (keys: string) => `
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [dmesg]${keys} }
audit: { enabled: true }
`;

Deno.test("anomalies reach the collector once each, and the ledger adds up", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_ANOMALIES: "30" } });
  await agent.ready();
  const { ledger, bundles } = await agent.statusThat((s) => s.bundles.sealed === 30);
  assert.deepEqual(ledger.anomalies, {
    received: 30,
    acknowledged: 30,
    resent: 0,
    dropped_full: 0,
    dropped_attempts: 0,
    waiting: 0,
  });
  assert.equal(new Set(bundles.recent.map((b) => b.id)).size, 20, "the newest twenty are kept");
  assert.equal((await agent.audited("anomaly", 30)).length, 30);
});

Deno.test("what a collector did not accept goes to its successor", async () => {
  await using agent = new TestAgent({
    env: { AOD_TEST_ANOMALIES: "5", AOD_TEST_COLLECTOR: "poison:0:2" },
  });
  await agent.ready();
  const { ledger } = await agent.statusThat((s) => s.bundles.sealed === 5);
  assert.equal(ledger.anomalies.acknowledged, 5);
  assert.ok(ledger.anomalies.resent >= 2);
  assert.doesNotMatch(
    agent.log,
    /is not ready yet/,
    "its third start does not wait for the agent's",
  );
});

Deno.test("an anomaly that ends every collector is given up, counted and audited", async () => {
  await using agent = new TestAgent({
    env: { AOD_TEST_ANOMALIES: "1", AOD_TEST_COLLECTOR: "poison:0:3" },
  });
  await agent.ready();
  const { ledger } = await agent.statusThat((s) => s.ledger.anomalies.dropped_attempts === 1);
  assert.equal(ledger.anomalies.waiting, 0);
  assert.equal((await agent.audited("dropped")).length, 1);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} drains and ends with 0; the socket is gone, the lock is free`, async () => {
    await using agent = new TestAgent();
    await agent.ready();
    assert.equal(Deno.lstatSync(`${agent.runDir}/aod.sock`).mode! & 0o777, 0o600);
    assert.equal(Deno.lstatSync(agent.runDir).mode! & 0o777, 0o700);
    agent.kill(signal);
    assert.equal(await agent.ended(), 0);
    assert.throws(() => Deno.lstatSync(`${agent.runDir}/aod.sock`), Deno.errors.NotFound);
  });
}

Deno.test("a second signal stops at once with 130, whatever does not drain", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_COLLECTOR: "deaf" } });
  await agent.ready();
  agent.kill("SIGTERM");
  await agent.saw(/draining/);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 130);
});

Deno.test("workers that do not drain are left: the agent still ends with 0 within 10 s", async () => {
  await using agent = new TestAgent({
    env: { AOD_TEST_COLLECTOR: "deaf", AOD_TEST_WATCHER: "deaf", AOD_TEST_DISPATCHER: "deaf" },
  });
  await agent.ready();
  const at = performance.now();
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  assert.ok(performance.now() - at < 10_000);
  assert.match(agent.log, /collector did not drain/);
});

Deno.test("a look at the output directory that hangs does not keep the agent from its end", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_SPACE: "hang" } });
  await agent.ready();
  // The first look is made with the first tick.
  await agent.statusThat((s) => s.uptime_sec >= 2);
  agent.kill("SIGTERM");
  await agent.saw(/WARNING space: Cannot clean up: because a pass does not end/);
  assert.equal(await agent.ended(), 0);
});

Deno.test("a second agent names the first one's pid and ends with 1; the first goes on", async () => {
  await using agent = new TestAgent();
  await agent.ready();
  const second = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      new URL("../../support/service/main.ts", import.meta.url).pathname,
      agent.configPath,
      agent.runDir,
    ],
    stderr: "piped",
  });
  const { code, stderr } = await second.output();
  assert.equal(code, 1);
  assert.equal(
    new TextDecoder().decode(stderr),
    `aod: Cannot start: because aod already runs as pid ${agent.pid}\n`,
  );
  assert.equal((await agent.status()).pid, agent.pid);
});

Deno.test("a socket left by a killed agent is replaced; a file of that name is not", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const killed = new TestAgent({ dir });
  await killed.ready();
  killed.kill("SIGKILL");
  await killed.ended();
  assert.ok(Deno.lstatSync(`${dir}/run/aod.sock`).isSocket);
  const next = new TestAgent({ dir });
  await next.ready();
  next.kill("SIGTERM");
  assert.equal(await next.ended(), 0);
  Deno.writeTextFileSync(`${dir}/run/aod.sock`, "in the way");
  await using last = new TestAgent({ dir });
  assert.equal(await last.ended(), 1);
  assert.match(last.log, /\naod: Cannot listen on [^\n]*: because a file is in the way\n$/);
  assert.equal(last.audit().at(-1)?.event, "stopped", "what had started was stopped");
});

Deno.test("what cannot be saved for the next life is said, and the end is orderly", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  Deno.mkdirSync(`${dir}/run/state.json/in the way`, { recursive: true });
  await using agent = new TestAgent({
    dir,
    env: { AOD_TEST_ANOMALIES: "200", AOD_TEST_COLLECTOR: "poison" },
  });
  await agent.ready();
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0, agent.log);
  assert.match(
    agent.log,
    /ERROR controller: Cannot keep \d+ anomalies for the next start: because/,
  );
  assert.match(agent.log, /controller: stopped\n$/);
  assert.equal(agent.audit().at(-1)?.event, "stopped");
});

Deno.test("nothing is reloaded any more while the agent drains", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_DISPATCHER: "deaf" } });
  await agent.ready();
  agent.kill("SIGTERM");
  await agent.saw(/draining/);
  agent.kill("SIGHUP");
  await agent.saw(/ERROR controller: Cannot reload: because aod is stopping\n/);
  assert.equal(await agent.ended(), 0);
  assert.deepEqual(agent.audit().filter((entry) => entry.event === "reload"), []);
});

Deno.test("SIGHUP puts a changed file in force in every worker", async () => {
  await using agent = new TestAgent({ config: anomaly("") });
  await agent.ready();
  agent.configure(`watch_interval_sec: 7\n${anomaly(", acceptable_count: 3")}`);
  agent.kill("SIGHUP");
  for (const role of ["dispatcher", "watcher", "collector"]) {
    await agent.saw(new RegExp(`${role}: watch_interval_sec is 7`));
  }
});

Deno.test("a reload tells what changed and what waits for a restart", async () => {
  await using agent = new TestAgent({ config: anomaly("") });
  await agent.ready();
  agent.configure(`probe: { recorder_slots: 1024 }\n${anomaly(", acceptable_count: 3")}`);
  const response = await agent.ask("reload");
  assert.ok(response.ok);
  const { changes } = response.result as { changes: { path: string; restart: boolean }[] };
  assert.deepEqual(changes.map(({ path, restart }) => [path, restart]), [
    ["guardian.anomalies.slow.acceptable_count", false],
    ["probe.recorder_slots", true],
  ]);
});

Deno.test("a file at fault keeps the old configuration and names every fault", async () => {
  await using agent = new TestAgent({ config: anomaly("") });
  await agent.ready();
  agent.configure(`watch_interval_sec: -1\nnonsense: 1\n${anomaly("")}`);
  const response = await agent.ask("reload");
  assert.ok(!response.ok);
  assert.equal(response.details.length, 2);
  assert.match(response.details.join("\n"), /:2:.*watch_interval_sec[^]*:3:.*nonsense/);
  agent.kill("SIGHUP");
  await agent.saw(/the old one stays/);
  agent.configure(anomaly(""));
  const again = await agent.ask("reload");
  assert.deepEqual(again, { ok: true, result: { changes: [] } });
});

Deno.test("a snapshot answers with its sealed bundle; SIGUSR1 takes one too", async () => {
  await using agent = new TestAgent();
  await agent.ready();
  const response = await agent.ask("snapshot");
  assert.ok(response.ok);
  const sealed = response.result as { id: string; path: string };
  assert.match(sealed.path, new RegExp(`aod_quick_${sealed.id}\\.tar\\.zst$`));
  agent.kill("SIGUSR1");
  await agent.statusThat((s) => s.bundles.sealed === 2);
});

Deno.test("minimal keeps the ledger and no rates", async () => {
  await using agent = new TestAgent({ env: { AOD_MINIMAL: "1", AOD_TEST_ANOMALIES: "2" } });
  await agent.ready();
  const status = await agent.statusThat((s) => s.bundles.sealed === 2);
  assert.equal(status.minimal, true);
  assert.deepEqual(status.summaries, {});
  assert.equal(status.ledger.anomalies.acknowledged, 2);
});

Deno.test("minimal watches SMB and nothing else, whatever the configuration says", async () => {
  const config = anomaly("") + "collectors: {}\nml: {}\napi: { port: 0 }\n" +
    "ebpf: { enable_exec_monitor: true }\nhistory: { enabled: true }\n";
  await using agent = new TestAgent({ env: { AOD_MINIMAL: "1" }, config });
  await agent.ready();
  const parts = async () => {
    const { platform, components } = await agent.status();
    return [platform.state, platform.token_file, components.map(({ name }) => name)];
  };
  const off = ["off", "", ["dispatcher", "watcher", "collector"]];
  assert.deepEqual(await parts(), off);
  // A file that was changed is read in the same way.
  agent.configure(`watch_interval_sec: 7\n${config}`);
  const response = await agent.ask("reload");
  assert.ok(response.ok);
  const { changes } = response.result as { changes: { path: string }[] };
  assert.deepEqual(changes.map(({ path }) => path), ["watch_interval_sec"]);
  assert.deepEqual(await parts(), off);
  assert.throws(() => Deno.lstatSync(`${agent.outputDir}/api.token`), Deno.errors.NotFound);
});
