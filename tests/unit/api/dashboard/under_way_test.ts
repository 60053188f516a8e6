/** Requests under way as the page orders them. @module */
import assert from "node:assert/strict";
import {
  MOST_SHOWN,
  restNote,
  shownRequests,
} from "../../../../src/api/dashboard/logic/under_way.ts";
import type { SmbUnderWay } from "../../../../src/api/data_agent.ts";

function request(id: number, state: SmbUnderWay["state"], age_ms: number): SmbUnderWay {
  const of = { server: "s", share: "", command: "SMB2_READ", pid: 1, comm: "cp", file: "" };
  return { id: String(id), state, age_ms, ...of };
}

Deno.test("what hangs comes first, then by age; what waits by design is last however old", () => {
  const requests = [
    request(1, "waiting", 90_000),
    request(2, "under_way", 5),
    request(3, "hung", 2000),
    request(4, "under_way", 80),
    request(5, "hung", 9000),
  ];
  assert.deepEqual(shownRequests(requests).map(({ id }) => id), ["5", "3", "4", "2", "1"]);
});

Deno.test("no more than can be read, and how many there are beside them", () => {
  const many = Array.from({ length: 80 }, (_, i) => request(i, "under_way", i));
  const shown = shownRequests(many);
  assert.deepEqual([shown.length, shown[0].age_ms], [MOST_SHOWN, 79]);
  assert.equal(restNote(shown.length, 300), "250 more, younger than these.");
  assert.equal(restNote(3, 3), "");
  assert.equal(restNote(0, null), "");
});
