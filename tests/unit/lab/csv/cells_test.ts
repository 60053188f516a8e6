/**
 * Cells of a line.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cellsOf, separatorOf } from "../../../../src/lab/csv/cells.ts";

Deno.test("plain and quoted cells; quotes that are not in pairs", () => {
  assert.deepEqual(cellsOf("a, b ,,c", ","), ["a", "b", "", "c"]);
  assert.deepEqual(cellsOf('"a,b","say ""x""",', ","), ["a,b", 'say "x"', ""]);
  assert.deepEqual(cellsOf('""', ","), [""]);
  for (const line of ['"a', 'a"b', '"a"b,c', 'a,"', '"a""']) assert.equal(cellsOf(line, ","), null);
});

Deno.test("the separator is that of the header", () => {
  assert.deepEqual(["a,b;c", "a;b\tc", "a\tb", "a"].map(separatorOf), [",", ";", "\t", ","]);
});

Deno.test("cells that were written by RFC 4180 come back", () => {
  const cell = fc.string({ maxLength: 12 }).filter((text) => text === text.trim());
  fc.assert(fc.property(fc.array(cell, { minLength: 1 }), fc.boolean(), (cells, always) => {
    const line = cells
      .map((text) => always || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
      .join(",");
    assert.deepEqual(cellsOf(line, ","), cells);
  }));
});

Deno.test("any line has cells or is refused", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (line) => {
    const cells = cellsOf(line, ",");
    assert.ok(cells === null || cells.length >= 1);
  }));
});
