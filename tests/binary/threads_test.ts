/**
 * The agent out of the built program with its embedded configuration: its worker threads start from
 * the unpacked files and from memory, with an empty environment, its API answers, and it ends cleanly.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, inNamespace } from "../support/program.ts";

const WORKERS = ["aod-collector", "aod-dispatcher", "aod-platform", "aod-watcher"];

/**
 * Starts the agent with its output below the fresh /run and its API on a port that is free, waits until
 * that listens, lists threads, asks the API over its socket, stops it.
 */
function runAgent(before: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return inNamespace(
    `${before}; ${AOD} config default | ` +
      `sed 's#^aod_output_dir:.*#aod_output_dir: /run/out#; s#port: 8000#port: 0#' ` +
      `>/run/aod.yaml; mkdir -m 0700 /run/out; ` +
      `env -i ${AOD} --config /run/aod.yaml 2>/run/log & agent=$!; ` +
      `for i in $(seq 300); do grep -q 'platform: serving http' /run/log && break; sleep 0.1; done; ` +
      `cat /proc/$agent/task/*/comm | sort -u | grep aod-; ` +
      `stat -c '%a %n' /run/out/api.token /run/aod/api.sock; ` +
      `curl -s --unix-socket /run/aod/api.sock http://localhost/readyz; echo; ` +
      `kill -TERM $agent; wait $agent && code=0 || code=$?; cat /run/log >&2; exit $code`,
  );
}

/** What it must have printed: threads, modes, an API of which every part works. */
function assertRan({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) {
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  assert.deepEqual(lines.slice(0, WORKERS.length), WORKERS, stderr);
  const [token, socket, ready] = lines.slice(WORKERS.length);
  assert.deepEqual([token, socket], ["600 /run/out/api.token", "600 /run/aod/api.sock"]);
  const { ready: works, parts } = JSON.parse(ready);
  assert.equal(works, true, ready);
  assert.deepEqual(parts.map(({ name }: { name: string }) => name), ["collector", "api"]);
  assert.doesNotMatch(stderr, /WARNING|ERROR/);
}

Deno.test("the agent starts its threads and stops with code 0", async () => {
  assertRan(await runAgent("true"));
});

Deno.test("the agent does the same from memory, where nothing can be unpacked", async () => {
  assertRan(await runAgent("mount -o remount,ro /var/cache; mount -o remount,noexec /run"));
});
