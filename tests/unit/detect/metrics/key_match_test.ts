/** Patterns of metric keys, held against regular expressions. @module */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { familyMatches, keyMatches } from "../../../../src/detect/metrics/key_match.ts";

const text = (characters: string) =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength: 10 });

Deno.test("keys: the same as a regular expression says", () => {
  fc.assert(fc.property(text("ab.*"), text("ab."), (pattern, key) => {
    const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*");
    assert.equal(keyMatches(pattern, key), new RegExp(`^${source}$`).test(key));
  }));
});

Deno.test("families: whatever fits with a name put in fits the family", () => {
  fc.assert(
    fc.property(text("ab.*"), text("ab."), text("ab."), text("ab."), (pattern, a, name, b) => {
      const family = `${a}<device>${b}`;
      if (keyMatches(pattern, a + name + b)) assert.ok(familyMatches(pattern, family));
    }),
  );
  assert.ok(familyMatches("disk.*", "disk.<device>.queue"));
  assert.ok(familyMatches("disk.sda.queue", "disk.<device>.queue"));
  assert.ok(familyMatches("*", "cpu.total"));
  assert.ok(!familyMatches("disk.*.queues", "disk.<device>.queue"));
  assert.ok(!familyMatches("cpu.totl", "cpu.total"));
});

Deno.test("keys: a pattern full of stars takes no time to speak of", () => {
  const key = `${"a".repeat(127)}b`;
  assert.equal(keyMatches(`${"*a".repeat(8)}*c`, key), false);
  assert.equal(keyMatches(`${"*a".repeat(8)}*b`, key), true);
});
