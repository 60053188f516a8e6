/**
 * Times in every form that a file may write them in.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTimestamp } from "../../../../src/lab/csv/timestamp.ts";

const MS = Date.UTC(2026, 11, 31, 23, 59, 58);

Deno.test("seconds, milliseconds, ISO 8601 and plain dates are the same time", () => {
  for (
    const [text, form] of [
      [`${MS / 1000}`, "seconds"],
      [`${MS / 1000}.000`, "seconds"],
      [`${MS}`, "milliseconds"],
      ["2026-12-31T23:59:58Z", "date with zone"],
      ["2026-12-31T23:59:58.000z", "date with zone"],
      ["2027-01-01T01:29:58+01:30", "date with zone"],
      ["2026-12-31 18:59:58 -0500", "date with zone"],
      ["2026-12-31 23:59:58", "date without zone"],
      ["2026-12-31T23:59:58,000", "date without zone"],
    ]
  ) assert.deepEqual(parseTimestamp(text), { form, ms: MS }, text);
  assert.equal(parseTimestamp("2026-12-31 23:59")?.ms, MS - 58_000);
  assert.equal(parseTimestamp("2026-12-31T23:59:58.25Z")?.ms, MS + 250);
  assert.equal(parseTimestamp("0.5")?.ms, 500);
});

Deno.test("what is no time is none", () => {
  const faults = ["", " ", "now", "12:30", "2026-02-30 00:00:00", "2026-13-01 00:00:00"];
  faults.push("2026-01-00 00:00:00", "2026-01-01 24:00:00", "2026-01-01 00:60:00", "-5", "1e5");
  faults.push("2026-01-01", "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:61Z", "123456789012345");
  faults.push("0x10", "Infinity", "NaN", "2026-01-01T00:00:00Z; rm", "1.5.2");
  for (const text of faults) assert.equal(parseTimestamp(text), null, text);
});

Deno.test("every time that Date writes is read", () => {
  const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
  fc.assert(fc.property(times, (ms) => {
    assert.equal(parseTimestamp(new Date(ms).toISOString())?.ms, ms);
  }));
});

Deno.test("any text is a time or none, never an error", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const found = parseTimestamp(text);
    assert.ok(found === null || Number.isFinite(found.ms));
  }));
});
