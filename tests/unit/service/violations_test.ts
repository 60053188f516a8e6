/**
 * Offences per anomaly, as the status shows them.
 * @module
 */
import assert from "node:assert/strict";
import { Violations } from "../../../src/service/violations.ts";

Deno.test("counts add up over the watcher's lives; only configured names are kept", () => {
  const violations = new Violations();
  violations.keep(["slow", "errors"]);
  violations.add({ slow: 3 });
  violations.add({ slow: 2, unknown: 9, errors: NaN });
  assert.deepEqual(violations.all(), { slow: 5, errors: 0 });
  violations.keep(["slow", "new"]);
  assert.deepEqual(violations.all(), { slow: 5, new: 0 });
});
