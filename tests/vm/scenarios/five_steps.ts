/**
 * The predecessor's integration test in five steps, on the embedded configuration, and what a cooldown
 * does.
 * @module
 */
import assert from "node:assert/strict";
import type { AgentStatus } from "../../../src/service/status.ts";
import { type Agent, BATCHES, startAgent } from "../support/agent.ts";
import { type Bundle, textOf } from "../support/bundle.ts";
import { slowReads, stopServer } from "../support/faults.ts";
import type { Vm } from "../support/vm.ts";
import { followupThat } from "./hung.ts";
import { checkLedger } from "./scenario.ts";
import { load, READ, READ_OTHER } from "./workload.ts";

/** What slow requests run at least. */
const ACTIONS = ["dmesg", "journalctl", "syslogs", "debugdata", "stats", "mounts", "smbinfo", "ss"]
  .concat(["lsof", "tcpdump"]);

/** "A typical test case": service, workload, detection, quick actions, files with their content. */
export async function fiveSteps(vm: Vm): Promise<void> {
  // 1. The service starts, on its embedded configuration.
  await using agent = await startAgent(vm, null);
  // The part that starts last: an emulated processor needs some seconds for it.
  await agent.logged(/platform: serving/);
  // 2. A workload triggers a specific anomaly.
  let pids: Set<number>;
  {
    await using _slow = await slowReads(vm, 250);
    pids = await load(vm, READ, { processes: 6, rounds: 4 });
  }
  // 3. It is detected.
  await agent.logged(/anomaly latency \(latency, count\)/);
  await hangMeanwhile(vm, agent);
  const bundle = await agent.bundle({ anomaly: "latency", reason: "count" });
  const log = await vm.check("cat /var/log/messages");
  const { count } = bundle.anomaly;
  assert.match(log, new RegExp(`aod.*: AOD detected anomaly: latency with ${count} events`));
  // 4. Its quick actions have run.
  const actions = bundle.manifest.actions.map(({ name }) => name).sort();
  assert.deepEqual(ACTIONS.filter((name) => !actions.includes(name)), []);
  const audit = await vm.check("cat /var/log/aod/audit.jsonl");
  const ran = audit.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event, id }) => event === "action" && id === bundle.id);
  assert.deepEqual(ran.map(({ name }) => name).sort(), actions);
  // 5. The files are there, with the content that one expects.
  assert.deepEqual(
    await vm.check(`stat -c '%a %U' ${BATCHES} ${BATCHES}/aod_quick_${bundle.id}.tar.zst`),
    "700 root\n600 root\n",
  );
  checkContents(bundle, pids);
  await agent.aod(`bundle verify ${bundle.id}`);
  await onlyTwo(agent, bundle);
  await platformBesideIt(agent);
  const { code, stderr } = await agent.stop();
  assert.equal(code, 0, stderr);
}

/**
 * The burst cools down: a request that hangs is told of all the same. smbinfo hangs with the server,
 * and the bundle is sealed without its answers.
 */
async function hangMeanwhile(vm: Vm, agent: Agent): Promise<void> {
  const logs = ["ss", "debugdata", "stats", "dmesg"];
  const taken = logs.map((name) => `[ -s ${BATCHES}/.aod_quick_*.partial/${name}.log ]`);
  const sealed = `ls ${BATCHES}/*.tar.zst >/dev/null 2>&1`;
  await vm.check(`until { ${taken.join(" && ")}; } || ${sealed}; do usleep 50000; done`);
  const stopped = await stopServer(vm);
  const reader = await vm.start(READ_OTHER);
  try {
    const { manifest } = await agent.bundle({ anomaly: "latency", reason: "hung" });
    assert.equal(manifest.status, "complete");
    const smbinfo = manifest.actions.find(({ name }) => name === "smbinfo");
    assert.match(smbinfo!.status, /^(timeout|abandoned)$/, JSON.stringify(smbinfo));
  } finally {
    await stopped.undo();
  }
  assert.equal((await reader.wait()).code, 0);
}

/** The rest of the burst is counted in the follow-up, and made no bundle. */
async function onlyTwo(agent: Agent, burst: Bundle): Promise<void> {
  const followup = await followupThat(agent, burst.id, ({ count }) => count >= 8);
  assert.equal(followup.by_reason.count, followup.count);
  assert.match(await agent.aod("bundle list"), new RegExp(`^${burst.id} .*\\b[1-9]\\d*$`, "m"));
  const more = (await agent.settled()).filter(({ anomaly }) => anomaly.name === "latency");
  assert.deepEqual(more.map(({ anomaly }) => anomaly.why), []);
}

/** Metrics and API, which the embedded configuration has on, were there all the time. */
async function platformBesideIt(agent: Agent): Promise<void> {
  const { platform, components }: AgentStatus = JSON.parse(await agent.aod("status --json"));
  const { state, api, faults } = platform;
  assert.deepEqual([state, api, faults], ["on", ["http://127.0.0.1:8000"], []]);
  assert.deepEqual(components.map(({ name, restarts, hangs }) => [name, restarts, hangs]), [
    ["dispatcher", 0, 0],
    ["watcher", 0, 0],
    ["collector", 0, 0],
    ["platform", 0, 0],
  ]);
}

function checkContents(bundle: Bundle, pids: Set<number>): void {
  assert.equal(bundle.manifest.status, "complete");
  assert.equal(bundle.manifest.verdict.kind, "server_slow", bundle.readme);
  assert.equal(bundle.manifest.config!.source, "embedded default");
  const { worst } = bundle.anomaly;
  assert.ok(worst.every(({ latency_ms }) => latency_ms >= 20));
  assert.ok(worst.some(({ pid, comm }) => pids.has(pid) && comm === "dd"), JSON.stringify(worst));
  const reads = bundle.requests.filter((r) => r.command === "SMB2_READ" && r.latency_ms >= 250);
  assert.ok(reads.length > 0);
  for (const { pid, name, share } of reads) {
    assert.deepEqual([pids.has(pid), name, share], [true, "data", "\\\\127.0.0.1\\s"]);
  }
  assert.match(textOf(bundle, "syslogs.log"), /AOD detected anomaly|syslogd started/);
  assert.match(textOf(bundle, "mounts.log"), /\/mnt\/s cifs .*username=u1/);
  assert.match(textOf(bundle, "debugdata.log"), /127\.0\.0\.1/);
  assert.match(textOf(bundle, "stats.log"), /\/\/127\.0\.0\.1\/s|\\\\127\.0\.0\.1\\s/);
  assert.match(textOf(bundle, "ss.log"), /127\.0\.0\.1:445/);
  const packets = bundle.files.get("tcpdump.pcap")!;
  assert.equal(new DataView(packets.buffer, packets.byteOffset).getUint32(0, true), 0xa1b2c3d4);
  checkLedger(bundle);
}
