/** What `aod top` shows: requests that hang, and nothing that moves the cursor. @module */
import assert from "node:assert/strict";
import type { Look } from "../../../../src/cli/top/look.ts";
import { topLines } from "../../../../src/cli/top/view.ts";
import { TestData } from "../../../support/api/data.ts";

function lookOf(more: Partial<Look>): Look {
  return {
    timestamp: 1_700_000_000,
    agent: {
      ...{ version: "0.1.0", pid: 1, uptime_sec: 60, rss_bytes: 100, violations: {} },
      probe: { state: "attached", mode: "fentry", reason: "", programs: [] },
    },
    by: "api",
    host: {},
    smb: null,
    in_flight: 0,
    processes: [],
    anomalies: [],
    ...more,
  };
}

Deno.test("requests that hang are listed, the oldest first, and no others", () => {
  const smb = new TestData().smb();
  const [young, waiting] = smb.under_way;
  const hung = { ...young, state: "hung" as const, age_ms: 48_210, file: "archive.tar" };
  const lines = topLines(lookOf({ smb: { ...smb, under_way: [waiting, hung, young] } }), null);
  const at = lines.findIndex((line) => line.startsWith("hung "));
  assert.match(lines[at + 1], /^READ +\\\\fileserver\\data +archive\.tar +cp \(1000\) +48\.2$/);
  assert.equal(lines[at + 2], undefined);
  const calm = topLines(lookOf({ smb }), null);
  assert.ok(!calm.some((line) => line.startsWith("hung ")));
});

Deno.test("names that others chose move no cursor and begin no line", () => {
  const row = { comm: "x\x1b[2J\ny", pid: 7, cpu_percent: 1, memory_bytes: 1, state: "R" };
  const lines = topLines(lookOf({ processes: [row] }), null);
  assert.ok(lines.some((line) => line.startsWith("x?[2J?y ")), lines.join("\n"));
  assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
});
