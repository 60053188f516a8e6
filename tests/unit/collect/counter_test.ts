/**
 * Growth of counters, and rows by device.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CounterTable, growth } from "../../../src/collect/counter.ts";

Deno.test("growth: of a counter that only grows it is the difference", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
    const [before, now] = a < b ? [a, b] : [b, a];
    assert.equal(growth(before, now), now - before);
  }));
});

Deno.test("growth: a 32-bit counter goes over its end", () => {
  const grown = fc.integer({ min: 1, max: 2 ** 30 });
  const from = fc.integer({ min: 2 ** 32 - 2 ** 30 + 1, max: 2 ** 32 - 1 });
  fc.assert(fc.property(from, grown, (before, added) => {
    const now = (before + added) % 2 ** 32;
    assert.equal(growth(before, now, 32), added);
  }));
});

Deno.test("growth: what fell began anew, and its growth is not known", () => {
  assert.ok(Number.isNaN(growth(1000, 999)));
  assert.ok(Number.isNaN(growth(1000, 0, 32)), "far from the end");
  assert.ok(Number.isNaN(growth(2 ** 32 - 1, 5)), "64 bits do not end there");
  assert.ok(Number.isNaN(growth(2 ** 40, 5, 32)), "no 32-bit counter");
});

Deno.test("growth: nothing is known of a missing value", () => {
  assert.ok(Number.isNaN(growth(NaN, 5)));
  assert.ok(Number.isNaN(growth(5, NaN)));
});

Deno.test("table: rows are kept from round to round, and forgotten when not named", () => {
  const table = new CounterTable(8, (name) => ({ round: -1, name }));
  const first = table.row("a");
  table.row("b");
  assert.equal(table.named, 2);
  table.sweep();
  assert.equal(table.row("a"), first);
  assert.equal(table.named, 1);
  table.sweep();
  const again = table.row("b");
  assert.ok(again !== null);
  assert.notEqual(again, first);
});

Deno.test("table: a name that comes twice in a round has one row", () => {
  const table = new CounterTable(8, () => ({ round: -1 }));
  assert.ok(table.row("a") !== null);
  assert.equal(table.row("a"), null);
});

Deno.test("table: devices beyond the limit are counted, and get the places of those that went", () => {
  const table = new CounterTable(2, (name) => ({ round: -1, name }));
  for (const name of ["a", "b", "c", "d"]) table.row(name);
  assert.equal(table.beyond, 2);
  table.sweep();
  assert.equal(table.beyond, 0);
  table.row("a");
  table.sweep();
  assert.ok(table.row("c") !== null);
});
