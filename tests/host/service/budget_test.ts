/**
 * A running agent that costs more than its budget: its optional parts go in the stated order, it says
 * so, SMB is watched all the while; with another budget they are back.
 * @module
 */
import assert from "node:assert/strict";
import { statusLines } from "../../../src/cli/status_text.ts";
import { SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { platformConfig, QUICK, TestApi } from "../../support/service/platform.ts";
import { PRODUCE } from "../../support/producer.ts";

/** No process of Deno is so small. */
const TINY = 1;
const NO_LIMIT = 0;
const LOOK = { AOD_TEST_BUDGET_MS: "100" };

function configOf(rss_mb: number): string {
  return platformConfig(`${QUICK}
audit: { enabled: true }
ebpf: { enable_exec_monitor: true }
budget: { rss_mb: ${rss_mb}, cpu_percent: 0 }`);
}

/** A request that took too long; each is an anomaly of its own. */
const SLOW = {
  count: 1,
  flags: PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS,
  command: SMB_COMMANDS.SMB2_READ,
  latency_ms: 20_000,
};

/** What the log says of the budget, in the order in which it came. */
function linesOf(log: string): string[] {
  const line = /platform: (.*(?:shed|taken up again).*)$/gm;
  return [...log.matchAll(line)].map(([, text]) =>
    text.replace(/\d+ MB resident/, "N MB resident")
  );
}

Deno.test("over its budget an agent sheds its optional parts in order, watches SMB, and takes them back", async () => {
  await using agent = new TestAgent({ producer: true, config: configOf(NO_LIMIT), env: LOOK });
  await agent.ready();
  const api = await TestApi.of(agent);
  await agent.statusThat(({ platform: { tracers, detectors, collectors } }) =>
    tracers.length === 1 && detectors.length > 0 && collectors.length === 6
  );
  agent.configure(configOf(TINY));
  assert.ok((await agent.ask("reload")).ok);
  const shed = await agent.statusThat(({ platform, programs }) =>
    platform.shed.length === 3 && !programs.some(({ program }) => program === "exec_exec")
  );
  assert.deepEqual(shed.platform.shed, ["tracers", "ml", "collectors"]);
  const { tracers, detectors, collectors, trends } = shed.platform;
  assert.deepEqual({ tracers, detectors, collectors, trends }, {
    ...{ tracers: [], detectors: [], collectors: [], trends: false },
  });
  const over = "N MB resident, more than budget.rss_mb 1";
  const gone = [`tracers shed: ${over}`, `ml shed: ${over}`, `collectors shed: ${over}`];
  await agent.saw(/collectors shed/);
  assert.deepEqual(linesOf(agent.log), gone);
  assert.ok(
    statusLines(shed).some((line) => /^ *shed +tracers, ml, collectors \(budget\)$/.test(line)),
    statusLines(shed).join("\n"),
  );
  const { self } = await api.json("/stats");
  assert.deepEqual((self as { budget: unknown }).budget, {
    ...{ cpu_percent: 0, rss_mb: TINY, shed: ["tracers", "ml", "collectors"] },
  });
  const metrics = await (await api.fetch("/metrics")).text();
  assert.match(metrics, /^aod_budget_shed\{part="collectors"\} 1$/m);

  // What it is there for goes on.
  await agent.produce(SLOW);
  await agent.audited("anomaly");
  await agent.audited("sealed");

  agent.configure(configOf(NO_LIMIT));
  assert.ok((await agent.ask("reload")).ok);
  const back = await agent.statusThat(({ platform: { shed, tracers, detectors, collectors } }) =>
    shed.length === 0 && tracers.length === 1 && detectors.length > 0 && collectors.length === 6
  );
  assert.ok(back.platform.trends);
  const said = "the budget has changed: what was shed is taken up again";
  await agent.saw(/taken up again/);
  assert.deepEqual(linesOf(agent.log), [...gone, said]);
  assert.equal(new Deno.Command("true").outputSync().code, 0);
  await api.jsonThat(
    "/events?event_type=exec&limit=1000",
    ({ events }) => (events as { comm: string }[]).some(({ comm }) => comm === "true"),
  );
  assert.deepEqual(back.components.map(({ restarts }) => restarts), [0, 0, 0, 0]);
});
