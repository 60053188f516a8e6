/** Asking the main thread. @module */
import assert from "node:assert/strict";
import { AgentLink } from "../../../../src/service/platform/agent_link.ts";
import type { ControlCommand } from "../../../../src/service/socket/protocol.ts";

function rig() {
  const sent: [number, ControlCommand][] = [];
  let now = 0;
  const link = new AgentLink((id, command) => void sent.push([id, command]), () => now);
  return { link, sent, pass: (ms: number) => void (now += ms) };
}

Deno.test("each answer goes to its question, in whatever order", async () => {
  const { link, sent } = rig();
  const [first, second] = [link.ask("snapshot"), link.ask("reload")];
  link.answered(sent[1][0], { ok: true, result: 2 });
  link.answered(sent[0][0], { ok: false, error: "no", details: [] });
  assert.deepEqual(await second, { ok: true, result: 2 });
  assert.deepEqual(await first, { ok: false, error: "no", details: [] });
  link.answered(99, { ok: true, result: null });
  assert.equal(link.waiting, 0);
});

Deno.test("the status is asked for once a second, and a failure is not kept", async () => {
  const { link, sent, pass } = rig();
  const [a, b] = [link.status(), link.status()];
  assert.equal(sent.length, 1);
  link.answered(sent[0][0], { ok: true, result: { pid: 1 } });
  assert.equal(await a, await b);
  pass(999);
  assert.equal((await link.status()).pid, 1);
  pass(1);
  const failed = link.status();
  link.answered(sent[1][0], { ok: false, error: "Cannot", details: [] });
  await assert.rejects(failed, /Cannot/);
  const again = link.status();
  assert.equal(sent.length, 3);
  link.answered(sent[2][0], { ok: true, result: { pid: 2 } });
  assert.equal((await again).pid, 2);
});

Deno.test("too many questions are refused; at the end all are answered", async () => {
  const { link } = rig();
  const asked = Array.from({ length: 64 }, () => link.ask("status"));
  await assert.rejects(link.ask("status"), /too many wait/);
  link.close();
  for (const answer of await Promise.all(asked)) assert.equal(answer.ok, false);
});
