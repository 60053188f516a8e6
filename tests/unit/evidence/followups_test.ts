/**
 * Follow-ups merge without losing a count.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Followup } from "../../../src/detect/anomaly.ts";
import { FLAG } from "../../../src/detect/fields.ts";
import { type FollowupFile, mergeFollowup } from "../../../src/evidence/followups.ts";
import { classify, followupName, metaName, partialName } from "../../../src/evidence/names.ts";
import { sealedName, sealingName } from "../../../src/evidence/names.ts";
import { Slots } from "../../../src/evidence/slots.ts";

const ID = "1795167805542772008";

Deno.test("a message carries the count so far: the largest of each reason, the worst and the newest stay", () => {
  const message = fc.record({
    id: fc.constant(ID),
    name: fc.constant("latency"),
    type: fc.constant("latency" as const),
    reason: fc.constantFrom("count" as const, "emergency" as const),
    count: fc.nat(1000),
    worst_latency_ns: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    last_end_ns: fc.bigInt({ min: 0n, max: 2n ** 63n }),
  });
  fc.assert(fc.property(fc.array(message, { minLength: 1 }), (messages: Followup[]) => {
    let file: FollowupFile | null = null;
    for (const m of messages) file = JSON.parse(JSON.stringify(mergeFollowup(file, m)));
    assert.ok(file !== null);
    assert.equal(file.updates, messages.length);
    const most = (reason: string) =>
      Math.max(0, ...messages.filter((m) => m.reason === reason).map((m) => m.count));
    assert.equal(file.count, most("count") + most("emergency"));
    assert.equal(Object.values(file.by_reason).reduce((a, b) => a + b, 0), file.count);
    const newest = messages.map((m) => m.last_end_ns).reduce((a, b) => a > b ? a : b);
    assert.equal(file.last_end_ns, String(newest));
  }));
});

Deno.test("the end of a hung request is told in words, its ids whole", () => {
  const ended = {
    ...{ type: 1, command: 8, flags: FLAG.STATUS_VALID | FLAG.WAS_REPORTED, tree_id: 0 },
    ...{ end_ns: 9_000_000_000n, latency_ns: 3_950_129_313n, session_id: 1n, connection_id: 1n },
    ...{ message_id: 9_007_199_254_740_993n, request_id: 12n, cgroup_id: 1n, bytes: 0 },
    ...{ status: 0xc000009c, error: -5, queue_us: 0, wire_us: 0, wake_us: 0 },
    ...{ pid: 7, tid: 8, uid: 0, comm: "cat" },
  };
  const message: Followup = {
    ...{ id: ID, name: "latency", type: "latency", reason: "hung", count: 0, ended },
    ...{ worst_latency_ns: ended.latency_ns, last_end_ns: ended.end_ns },
  };
  const file = mergeFollowup(mergeFollowup(null, message), message);
  assert.deepEqual([file.ended_count, file.ended.length], [1, 1], "told twice, it is one end");
  const { command, latency_ms, status, error, request_id, message_id, comm } = file.ended[0];
  assert.deepEqual([command, latency_ms, comm], ["SMB2_READ", 3950.129313, "cat"]);
  assert.deepEqual([status, error], ["STATUS_DEVICE_DATA_ERROR", "EIO"]);
  assert.deepEqual([request_id, message_id], ["12", "9007199254740993"]);
});

Deno.test("names are read back, and nothing else is taken for ours", () => {
  const kinds = [
    [sealedName(ID), "sealed"],
    [partialName(ID), "partial"],
    [sealingName(ID), "sealing"],
    [followupName(ID), "followup"],
    [metaName(ID), "meta"],
    [`.${metaName(ID)}.tmp`, "temporary"],
  ];
  for (const [name, kind] of kinds) assert.deepEqual(classify(name), { kind, id: ID });
  for (const name of ["aod_quick_1.tar.zst", `x${sealedName(ID)}`, `${sealedName(ID)}.gz`, ""]) {
    assert.equal(classify(name), null);
  }
});

Deno.test("slots: never more than their number, all done, also after a failure", async () => {
  const slots = new Slots(3);
  let now = 0;
  let most = 0;
  const tasks = Array.from({ length: 20 }, (_, i) =>
    slots.run(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, i % 4));
      now--;
      if (i % 5 === 0) throw new Error("as planned");
      return i;
    }));
  const results = await Promise.allSettled(tasks);
  assert.equal(most, 3);
  assert.equal(results.filter((r) => r.status === "fulfilled").length, 16);
  assert.equal(await slots.run(() => Promise.resolve(1)), 1);
  assert.throws(() => new Slots(0), RangeError);
});
