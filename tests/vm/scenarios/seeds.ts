/**
 * What the predecessor's documents promise: their integration test in five steps, and their YAML
 * examples as they stand.
 * @module
 */
import assert from "node:assert/strict";
import { BATCHES, startAgent } from "../support/agent.ts";
import { type Bundle, textOf } from "../support/bundle.ts";
import { deniedFile, type Fault, slowReads } from "../support/faults.ts";
import { unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";
import { checkLedger } from "./scenario.ts";
import { load, READ } from "./workload.ts";

const FIXTURES = new URL("../../fixtures/config/", import.meta.url);

/** "A typical test case": service, workload, detection, quick actions, files with their content. */
export async function fiveSteps(vm: Vm): Promise<void> {
  // 1. The service starts, on its embedded configuration.
  await using agent = await startAgent(vm, null);
  // 2. A workload triggers a specific anomaly.
  let pids: Set<number>;
  {
    await using _slow = await slowReads(vm, 400);
    pids = await load(vm, READ, { processes: 6, rounds: 3 });
  }
  // 3. It is detected.
  await agent.logged(/anomaly latency \(latency, count\)/);
  const bundle = await agent.bundle({ anomaly: "latency" });
  const log = await vm.check("cat /var/log/messages");
  const { count } = bundle.anomaly;
  assert.match(log, new RegExp(`aod.*: AOD detected anomaly: latency with ${count} events`));
  // 4. Its quick actions have run.
  const actions = bundle.manifest.actions.map(({ name }) => name).sort();
  const configured = ["dmesg", "journalctl", "syslogs", "debugdata", "stats", "mounts", "smbinfo"];
  assert.deepEqual(actions, [...configured, "ss", "lsof", "tcpdump"].sort());
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
  const { code, stderr } = await agent.stop();
  assert.equal(code, 0, stderr);
}

function checkContents(bundle: Bundle, pids: Set<number>): void {
  assert.equal(bundle.manifest.status, "complete");
  assert.equal(bundle.manifest.verdict.kind, "server_slow", bundle.readme);
  assert.equal(bundle.manifest.config!.source, "embedded default");
  const { worst } = bundle.anomaly;
  assert.ok(worst.every(({ latency_ms }) => latency_ms >= 20));
  assert.ok(worst.some(({ pid, comm }) => pids.has(pid) && comm === "dd"), JSON.stringify(worst));
  const reads = bundle.requests.filter((r) => r.command === "SMB2_READ" && r.latency_ms >= 400);
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

/** An example of the seeds. */
export interface Seed {
  file: string;
  /** The anomalies in it that are made to fire, with the logs their bundles must have. */
  anomalies: Record<string, string[]>;
}

export const SEEDS: readonly Seed[] = [
  {
    file: "seed_full.yaml",
    anomalies: {
      latency: ["dmesg", "debugdata", "stats", "mounts", "smbinfo"],
      error: ["dmesg"],
    },
  },
  { file: "seed_usage_custom.yaml", anomalies: { error: ["dmesg", "debugdata"] } },
  { file: "seed_usage_error.yaml", anomalies: { error: ["dmesg"] } },
  { file: "seed_usage_lsof.yaml", anomalies: { error: ["dmesg", "lsof"] } },
  { file: "seed_usage_minimal.yaml", anomalies: { your_anomaly: ["dmesg"] } },
];

/** Starts the agent on the file as it is and makes each of its anomalies happen. */
export async function seedExample(vm: Vm, seed: Seed): Promise<void> {
  await using agent = await startAgent(
    vm,
    await Deno.readTextFile(new URL(seed.file, FIXTURES)),
  );
  for (const [name, logs] of Object.entries(seed.anomalies)) {
    if (name === "error") {
      await load(vm, `cat ${await deniedFile(vm)}`);
      await unmount(vm, "/mnt/u");
    } else {
      const slow: Fault = await slowReads(vm, 200);
      await load(vm, READ, { processes: 12, rounds: 1 });
      await slow.undo();
    }
    const bundle = await agent.bundle({ anomaly: name });
    for (const log of logs) {
      const action = bundle.manifest.actions.find((one) => one.name === log);
      // smbinfo asks the slow server.
      if (log !== "smbinfo") assert.equal(action?.status, "ok", JSON.stringify(action));
      assert.ok(textOf(bundle, `${log}.log`).length > 0, log);
    }
    assert.equal(bundle.manifest.verdict.kind, name === "error" ? "auth" : "server_slow");
  }
  const { code, stderr } = await agent.stop();
  assert.equal(code, 0, stderr);
}
