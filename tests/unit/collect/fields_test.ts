/**
 * Fields of lines in bytes.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ascii, Fields } from "../../../src/collect/fields.ts";

const encoder = new TextEncoder();

function fieldsOf(text: string): Fields {
  const bytes = encoder.encode(text);
  return new Fields().start(bytes, bytes.length);
}

Deno.test("fields: numbers are read as they were written, whatever blanks are between", () => {
  const blanks = fc.stringMatching(/^[ \t]{1,4}$/);
  const row = fc.array(fc.tuple(blanks, fc.nat({ max: Number.MAX_SAFE_INTEGER })));
  fc.assert(fc.property(fc.array(row), (rows) => {
    const text = rows.map((row) => row.map(([blank, n]) => `${blank}${n}`).join("") + "\n").join(
      "",
    );
    const fields = fieldsOf(text);
    for (const row of rows) {
      assert.ok(fields.line());
      for (const [, n] of row) assert.equal(fields.number(), n);
      assert.ok(Number.isNaN(fields.number()));
    }
    assert.ok(!fields.line());
  }));
});

Deno.test("fields: words come as String.split gives them", () => {
  const word = fc.stringMatching(/^[!-~]{1,12}$/);
  fc.assert(fc.property(fc.array(word), fc.nat(12), (words, skipped) => {
    const fields = fieldsOf(`  ${words.join(" \t ")} `);
    if (!fields.line()) return assert.fail("no line");
    fields.skip(skipped);
    for (const word of words.slice(skipped)) assert.equal(fields.text(), word);
    assert.equal(fields.text(), "");
  }));
});

Deno.test("fields: any bytes and any calls stay within the line", () => {
  const calls: ((fields: Fields) => void)[] = [
    (fields) => void fields.number(),
    (fields) => void fields.decimal(),
    (fields) => void fields.text(),
    (fields) => void fields.skip(2),
    (fields) => void fields.past(58),
    (fields) => void fields.textBefore(58),
    (fields) => void fields.take(ascii("cpu")),
    (fields) => void fields.line(),
  ];
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(fc.property(bytes, fc.array(fc.nat(calls.length - 1)), (bytes, order) => {
    // What is behind the length was read before and is of another file.
    const longer = new Uint8Array(bytes.length + 64).fill(49);
    longer.set(bytes);
    const fields = new Fields().start(longer, bytes.length);
    for (const call of order) {
      calls[call](fields);
      assert.ok(fields.at <= fields.end && fields.end <= bytes.length);
    }
  }));
});

Deno.test("fields: the end of a line ends a number, a word and a search", () => {
  const fields = fieldsOf("12\n34:5\nabc");
  assert.ok(fields.line());
  assert.equal(fields.past(58), false, "the colon is in the next line");
  assert.equal(fields.number(), 12);
  assert.ok(fields.line());
  assert.equal(fields.textBefore(58), "34");
  assert.equal(fields.number(), 5);
  assert.ok(fields.line());
  assert.ok(!fields.take(ascii("abcd")));
  assert.ok(fields.take(ascii("abc")));
  assert.ok(!fields.line());
});

Deno.test("fields: fractions", () => {
  const fields = fieldsOf("0.35 12.5 7 .5 3.x");
  fields.line();
  assert.ok(Math.abs(fields.decimal() - 0.35) < 1e-12);
  assert.equal(fields.decimal(), 12.5);
  assert.equal(fields.decimal(), 7);
  assert.ok(Number.isNaN(fields.decimal()));
});
