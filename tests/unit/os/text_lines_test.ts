import assert from "node:assert/strict";
import * as fc from "fast-check";
import { eachLine } from "../../../src/os/text_lines.ts";

function linesOf(text: string, maxLines: number): string[] {
  const lines: string[] = [];
  eachLine(text, maxLines, (line) => lines.push(line));
  return lines;
}

Deno.test("the lines are those of split, up to the most", () => {
  const character = fc.constantFrom("a", "\t", "\r", "\n");
  fc.assert(fc.property(fc.string({ unit: character }), fc.nat(20), (text, most) => {
    // A line feed ends a line: there is none after the last one.
    const whole = text.replace(/\n$/, "");
    const expected = text === "" ? [] : whole.split("\n");
    assert.deepEqual(linesOf(text, most), expected.slice(0, most));
  }));
});

Deno.test("a line that no kernel writes is left out, the others come", () => {
  const text = `first\n${"x".repeat(4097)}\n${"y".repeat(4096)}\nlast`;
  assert.deepEqual(linesOf(text, 10), ["first", "y".repeat(4096), "last"]);
});
