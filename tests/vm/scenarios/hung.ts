/**
 * A server that hangs: told of while it hangs, once, and ended by the answer.
 * @module
 */
import assert from "node:assert/strict";
import { type Agent, until } from "../support/agent.ts";
import { stopServer } from "../support/faults.ts";
import type { Vm } from "../support/vm.ts";
import { load, READ, READ_OTHER } from "./workload.ts";

/** What a follow-up file says: the fields looked at. */
interface Followup {
  count: number;
  by_reason: Record<string, number>;
  ended: { request_id: string; command: string; latency_ms: number }[];
  ended_count: number;
}

/** The follow-up of a bundle once it is as wanted. */
export async function followupThat(
  agent: Agent,
  id: string,
  wanted: (followup: Followup) => boolean,
): Promise<Followup> {
  let last: Followup | null = null;
  const look = async () => {
    last = await agent.followup(id) as Followup | null;
    return last !== null && wanted(last);
  };
  await until(look, 20_000, () => Promise.resolve(`the follow-up is ${JSON.stringify(last)}`));
  return last!;
}

/** smbd is stopped: the bundle is sealed before any request has returned. */
export async function hungServer(vm: Vm, agent: Agent): Promise<void> {
  await agent.settled();
  await load(vm, READ, { rounds: 1, processes: 1 });
  const stopped = await stopServer(vm);
  let bundle;
  const reader = await vm.start(`echo $BASHPID; exec ${READ_OTHER} 2>/dev/null`);
  try {
    bundle = await agent.bundle({ anomaly: "latency", reason: "hung" });
    const { stdout } = await reader.output();
    const state = await vm.check(`cut -d' ' -f3 /proc/${stdout.trim()}/stat`);
    assert.match(state, /^[DS]/, "the reader still waits");
    const [worst] = bundle.anomaly.worst;
    assert.equal(bundle.manifest.verdict.kind, "server_gone", bundle.readme);
    assert.match(bundle.readme, /^Verdict: reconnect or server gone: .*stopped answering\n/);
    assert.match(bundle.readme, /without an answer after \d{4}\.\d+ ms SMB2_\w+ mid \d+ by dd\[/);
    assert.deepEqual([worst.in_flight, worst.status, worst.comm], [true, null, "dd"]);
    // Of a compound any may be the first to be seen.
    assert.match(worst.command, /^SMB2_(CREATE|QUERY_INFO|CLOSE|READ)$/);
    assert.equal(worst.pid, Number(stdout));
    assert.deepEqual([worst.name, worst.share], ["other", "\\\\127.0.0.1\\s"]);
    assert.ok(worst.latency_ms >= 1000, `${worst.latency_ms} ms`);
    assert.ok(bundle.requests.some((r) => r.request_id === worst.request_id && r.in_flight));
    assert.equal(bundle.head.in_flight, bundle.requests.filter((r) => r.in_flight).length);
  } finally {
    await stopped.undo();
  }
  assert.equal((await reader.wait()).code, 0);
  const { request_id } = bundle.anomaly.worst[0];
  const followup = await followupThat(
    agent,
    bundle.id,
    ({ ended }) => ended.some((request) => request.request_id === request_id),
  );
  const end = followup.ended.find((request) => request.request_id === request_id)!;
  assert.equal(end.command, bundle.anomaly.worst[0].command);
  assert.ok(end.latency_ms > bundle.anomaly.worst[0].latency_ms);
  // Its end is long after the cooldown: still it fires nothing. Another request that hangs may, and
  // then its bundle shows this one as it was.
  for (const other of await agent.settled()) {
    const again = other.anomaly.worst.filter((r) => r.request_id === request_id);
    assert.ok(again.every((r) => r.in_flight), other.readme);
    const known = new Set(bundle.anomaly.worst.map((r) => r.request_id));
    if (other.anomaly.reason !== "hung") continue;
    assert.ok(other.anomaly.worst.some((r) => !known.has(r.request_id)), other.readme);
  }
}
