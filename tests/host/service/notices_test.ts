/**
 * What the agent tells the service manager and the system log, as real listeners receive it. The
 * agent runs in a mount namespace in which /dev/log is the test's own socket.
 * @module
 */
import assert from "node:assert/strict";
import { TestAgent } from "../../support/service/agent.ts";
import { DatagramSocket, withSystemLog } from "../../support/service/datagram.ts";

Deno.test("anomalies and restarts are in the system log, word by word", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  using system_log = new DatagramSocket(`${dir}/log`);
  await using agent = new TestAgent({
    dir,
    wrapper: withSystemLog(dir),
    env: { AOD_TEST_ANOMALIES: "2", AOD_TEST_WATCHER: "throw:200:1" },
  });
  await agent.ready();
  await agent.saw(/watcher runs again/);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  // LOG_DAEMON (3 << 3) with LOG_ALERT (1) and LOG_WARNING (4); then time, ident and pid.
  const form = /^<(\d+)>\w{3} [ \d]\d \d\d:\d\d:\d\d aod\[(\d+)\]: (.*?)\0?$/;
  const messages = system_log.all().map((message) => form.exec(message)?.slice(1) ?? [message]);
  assert.deepEqual(messages, [
    ["25", `${agent.pid}`, "AOD detected anomaly: latency with 12 events"],
    ["25", `${agent.pid}`, "AOD detected anomaly: latency with 13 events"],
    ["28", `${agent.pid}`, "AOD component watcher restarted due to unexpected exit"],
  ]);
});

Deno.test("the service manager hears READY after the start, the watchdog, reloads and STOPPING", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  using manager = new DatagramSocket(`${dir}/notify`);
  await using agent = new TestAgent({
    dir,
    env: { NOTIFY_SOCKET: `${dir}/notify`, WATCHDOG_USEC: "200000" },
  });
  await agent.ready();
  const started = manager.all();
  assert.equal(started.at(-1), "READY=1");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const running = manager.all();
  assert.ok(running.filter((message) => message === "WATCHDOG=1").length >= 3);
  assert.ok(running.some((message) => /^STATUS=not watching: .*cifs.*0 anomalies/.test(message)));
  await agent.ask("reload");
  const reloaded = manager.all().filter((message) => !/^(WATCHDOG|STATUS)/.test(message));
  assert.deepEqual(reloaded.map((message) => message.split("\n")[0]), ["RELOADING=1", "READY=1"]);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  assert.ok(manager.all().includes("STOPPING=1"));
});
