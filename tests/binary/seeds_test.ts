/**
 * The examples of the seeds, unchanged: the agent starts with each, takes a bundle with the actions
 * that it names, and ends cleanly. (Without cifs on this host: what fires is a snapshot.)
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, CHECKOUT, inNamespace, type Outcome } from "../support/program.ts";

const FIXTURES = `${CHECKOUT}/tests/fixtures/config`;

/** One life of the agent with its output on an empty /var/log; prints the bundle's manifest. */
function captureWith(config: string): Promise<Outcome> {
  return inNamespace(
    `mount -t tmpfs -o mode=755 none /var/log; env -i ${AOD} --config ${config} 2>/run/log & ` +
      `agent=$!; for i in $(seq 300); do grep -q 'controller: ready' /run/log && break; ` +
      `sleep 0.1; done; ${AOD} snapshot >/dev/null && ${AOD} bundle verify --config ${config} ` +
      `>/dev/null && ${AOD} bundle show --json --config ${config}; kill -TERM $agent; ` +
      `wait $agent && code=0 || code=$?; cat /run/log >&2; exit $code`,
  );
}

Deno.test("every example of the seeds starts and captures unchanged", async () => {
  const files = [...Deno.readDirSync(FIXTURES)].filter((f) => f.name.startsWith("seed_"))
    .map((f) => `${FIXTURES}/${f.name}`).sort();
  assert.ok(files.length >= 5);
  await Promise.all(files.map(async (file) => {
    const shown = await aod("config", "show", "--json", "--config", file);
    const wanted: string[] = JSON.parse(shown.stdout).watcher.actions
      .map((action: { name: string }) => action.name);
    const { code, stdout, stderr } = await captureWith(file);
    assert.equal(code, 0, `${file}: ${stderr}`);
    const { readme, manifest } = JSON.parse(stdout);
    assert.match(readme, /^Verdict: /);
    const done = manifest.actions.map((action: { name: string }) => action.name);
    for (const name of wanted) assert.ok(done.includes(name), `${file}: no ${name} in ${done}`);
  }));
});
