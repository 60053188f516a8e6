/**
 * The YAML examples of the predecessor's documents, as they stand.
 * @module
 */
import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { textOf } from "../support/bundle.ts";
import { deniedFile, type Fault, slowReads } from "../support/faults.ts";
import { unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";
import { load, READ } from "./workload.ts";

const FIXTURES = new URL("../../fixtures/config/", import.meta.url);

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
