/**
 * The list of bundles as text.
 * @module
 */
import assert from "node:assert/strict";
import { listText } from "../../../src/cli/bundle_text.ts";

const BUNDLE = {
  id: "1795170937878811294",
  path: "/var/log/aod/batches/aod_quick_1795170937878811294.tar.zst",
  bytes: 15_637,
  meta: null,
  followup: null,
};

Deno.test("on a terminal the list is as wide as the terminal allows, id and verdict stay", () => {
  const wide = listText([BUNDLE], 200);
  assert.match(wide, /│ id .*│ time .*│ anomaly .*│ reason .*│ verdict .*│ size .*│ follow-ups │/);
  for (const columns of [80, 60, 40]) {
    const text = listText([BUNDLE], columns);
    assert.match(text, /│ id .*│ anomaly .*│ verdict /);
    if (columns < 60) continue;
    for (const line of text.split("\n")) assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
});

Deno.test("elsewhere it is plain and whole", () => {
  assert.match(listText([BUNDLE], null), /^id +time +anomaly +reason +verdict +size +follow-ups\n/);
});
