/** Latency and errors of SMB by server, share and command. @module */
import assert from "node:assert/strict";
import { SMB_COMMANDS } from "../../../../src/config/names/smb_commands.ts";
import { SMB_FLAG, SMB_TYPE } from "../../../../src/probe/smb/layout.gen.ts";
import type { TailRequest } from "../../../../src/probe/smb/recorder_tail.ts";
import { BOUNDS_MS, SmbCounts } from "../../../../src/service/platform/smb_latency.ts";

const READ = 8;
const NAMES = {
  server: (id: bigint) => id === 0n ? "" : `server${id}`,
  share: (_session: bigint, tree: number) => tree === 0 ? "" : `\\\\server\\share${tree}`,
};

function request(more: Partial<TailRequest> = {}): TailRequest {
  return {
    type: SMB_TYPE.REQUEST,
    command: READ,
    flags: SMB_FLAG.STATUS_VALID | SMB_FLAG.TREE_VALID,
    status: 0,
    error: 0,
    tree_id: 5,
    latency_ns: 3e6,
    connection_id: 1n,
    session_id: 9n,
    ...more,
  };
}

function counted(...requests: Partial<TailRequest>[]) {
  const counts = new SmbCounts();
  for (const more of requests) counts.add(request(more), NAMES);
  return counts.figures();
}

Deno.test("requests are counted by server, share and command, in the bucket of their time", () => {
  const { latency, bounds_ms } = counted({}, { latency_ns: 70e6 }, { tree_id: 6 });
  assert.equal(latency.length, 2);
  const [row] = latency;
  assert.deepEqual([row.server, row.share, row.command], [
    "server1",
    "\\\\server\\share5",
    "SMB2_READ",
  ]);
  assert.deepEqual([row.count, row.sum_ms, row.max_ms, row.p50_ms, row.p99_ms], [2, 73, 70, 4, 70]);
  const places = row.counts.flatMap((n, i) => n > 0 ? [bounds_ms[i]] : []);
  assert.deepEqual(places, [4, 128]);
  assert.equal(row.counts.length, bounds_ms.length + 1);
});

Deno.test("a time on a bound is in the bucket below it; what is above the last is in one of its own", () => {
  const last = BOUNDS_MS[BOUNDS_MS.length - 1];
  const [row] = counted({ latency_ns: last * 1e6 }, { latency_ns: last * 1e6 + 1 }).latency;
  assert.deepEqual(row.counts.slice(-2), [1, 1]);
  assert.equal(row.p99_ms, row.max_ms);
});

Deno.test("a request is judged by its NTSTATUS first, then by its errno; benign answers are no failures", () => {
  const { latency, errors } = counted(
    { status: 0xc0000022 },
    { status: 0xc0000022 },
    { status: 0xc0000034 }, // STATUS_OBJECT_NAME_NOT_FOUND: benign
    { flags: SMB_FLAG.TREE_VALID, error: -110 },
  );
  assert.equal(latency[0].errors, 3);
  assert.deepEqual(errors.map(({ code, count }) => [code, count]), [
    ["STATUS_ACCESS_DENIED", 2],
    ["ETIMEDOUT", 1],
  ]);
});

Deno.test("reports of requests in flight and other records count nowhere; what waits by design has no time", () => {
  const { latency } = counted(
    { flags: SMB_FLAG.IN_FLIGHT },
    { type: SMB_TYPE.RECONNECT },
    { command: SMB_COMMANDS.SMB2_CHANGE_NOTIFY, flags: SMB_FLAG.WAITS_BY_DESIGN },
  );
  assert.equal(latency.length, 1);
  assert.deepEqual([latency[0].count, latency[0].sum_ms, latency[0].p50_ms], [1, 0, null]);
});

Deno.test("servers beyond the most are counted together, and nothing is lost", () => {
  const counts = new SmbCounts();
  for (let id = 1; id <= 2000; id++) {
    counts.add(request({ connection_id: BigInt(id), status: 0xc0000022 }), NAMES);
  }
  const { latency, errors } = counts.figures();
  assert.ok(latency.length <= 520 && errors.length <= 220);
  assert.ok(latency.some(({ server }) => server === "~other"));
  assert.equal(latency.reduce((sum, { count }) => sum + count, 0), 2000);
  assert.equal(errors.reduce((sum, { count }) => sum + count, 0), 2000);
});
