/**
 * The agent out of the built program: its worker threads start from the unpacked files and from
 * memory, with an empty environment, and it ends cleanly.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, inNamespace } from "../support/program.ts";

const WORKERS = ["aod-collector", "aod-dispatcher", "aod-watcher"];

/** Starts the agent with its output below the fresh /run, waits for READY, lists threads, stops it. */
function runAgent(before: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return inNamespace(
    `${before}; ${AOD} config default | sed 's#^aod_output_dir:.*#aod_output_dir: /run/out#' ` +
      `>/run/aod.yaml; mkdir -m 0700 /run/out; ` +
      `env -i ${AOD} --config /run/aod.yaml 2>/run/log & agent=$!; ` +
      `for i in $(seq 300); do grep -q 'controller: ready' /run/log && break; sleep 0.1; done; ` +
      `cat /proc/$agent/task/*/comm | sort -u | grep aod-; readlink /proc/$agent/exe; ` +
      `kill -TERM $agent; wait $agent && code=0 || code=$?; cat /run/log >&2; exit $code`,
  );
}

Deno.test("the agent starts its threads and stops with code 0", async () => {
  const { code, stdout, stderr } = await runAgent("true");
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n").slice(0, -1), WORKERS, stderr);
});

Deno.test("the agent does the same from memory, where nothing can be unpacked", async () => {
  const { code, stdout, stderr } = await runAgent(
    "mount -o remount,ro /var/cache; mount -o remount,noexec /run",
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n").slice(0, -1), WORKERS, stderr);
});
