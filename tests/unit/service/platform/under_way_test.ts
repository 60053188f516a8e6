/** Requests under way as the API tells of them. @module */
import assert from "node:assert/strict";
import { SMB_FLAG } from "../../../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../../../src/probe/smb/request.ts";
import { MOST_UNDER_WAY, underWay } from "../../../../src/service/platform/under_way.ts";

const names = {
  server: (id: bigint) => id === 0n ? "" : `server${id}`,
  share: (session: bigint, tree: number) => tree === 0 ? "" : `\\\\server${session}\\share${tree}`,
};

function request(id: number, age_ms: number, more: Partial<SmbRequest> = {}): SmbRequest {
  return {
    ...{ type: 1, command: 8, flags: SMB_FLAG.IN_FLIGHT, end_ns: 0n },
    ...{ latency_ns: BigInt(age_ms) * 1_000_000n, session_id: 1n, message_id: 0n },
    ...{ connection_id: 1n, cgroup_id: 0n, request_id: BigInt(id), tree_id: 3, status: 0 },
    ...{ error: 0, bytes: 0, queue_us: 0, wire_us: 0, wake_us: 0, pid: 77, tid: 77, uid: 0 },
    ...{ comm: "cp", ...more },
  };
}

Deno.test("the oldest first, with names where they are known; hung from the limit on", () => {
  const { IN_FLIGHT, TREE_VALID, WAITS_BY_DESIGN } = SMB_FLAG;
  const pending = [
    request(1, 999),
    request(2, 1000, { flags: IN_FLIGHT | TREE_VALID, name: "plan.ods" }),
    request(3, 60_000, { flags: IN_FLIGHT | WAITS_BY_DESIGN, command: 15, connection_id: 0n }),
  ];
  const { in_flight, hung, under_way } = underWay(pending, names, 1000);
  assert.deepEqual([in_flight, hung], [3, 1]);
  const row = { pid: 77, comm: "cp" };
  assert.deepEqual(under_way, [
    {
      ...{ id: "3", server: "", share: "", command: "SMB2_CHANGE_NOTIFY", age_ms: 60_000 },
      ...{ state: "waiting", file: "", ...row },
    },
    {
      ...{ id: "2", server: "server1", share: "\\\\server1\\share3", command: "SMB2_READ" },
      ...{ age_ms: 1000, state: "hung", file: "plan.ods", ...row },
    },
    {
      ...{ id: "1", server: "server1", share: "", command: "SMB2_READ", age_ms: 999 },
      ...{ state: "under_way", file: "", ...row },
    },
  ]);
});

Deno.test("many: all are counted, the oldest are told", () => {
  const pending = Array.from({ length: 1000 }, (_, i) => request(i, i * 10));
  const { in_flight, hung, under_way } = underWay(pending, names, 5000);
  assert.deepEqual([in_flight, hung, under_way.length], [1000, 500, MOST_UNDER_WAY]);
  assert.deepEqual([under_way[0].age_ms, under_way[99].age_ms], [9990, 9000]);
});
