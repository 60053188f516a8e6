/**
 * Bytes as text and back.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bytesOfText, textOfBytes, utf8Length } from "../../../../src/probe/event_log/text.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

Deno.test("text: every byte sequence comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.deepEqual(bytesOfText(textOfBytes(bytes)), bytes);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("text: UTF-8 stays what it is, and its JSON is whole", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const bytes = new TextEncoder().encode(text);
    assert.equal(textOfBytes(bytes), text.toWellFormed());
    assert.equal(JSON.parse(JSON.stringify(textOfBytes(bytes))), textOfBytes(bytes));
  }));
});

Deno.test("text: what is valid is what the platform's decoder takes", () => {
  const isValid = (bytes: Uint8Array) => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const check = (bytes: Uint8Array) => {
    const length = utf8Length(bytes, 0, bytes.length);
    assert.equal(length === bytes.length, isValid(bytes) && [...strict.decode(bytes)].length === 1);
  };
  for (let a = 0; a < 256; a++) {
    check(new Uint8Array([a]));
    for (let b = 0; b < 256; b++) check(new Uint8Array([a, b]));
  }
  const edge = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  for (let a = 0xe0; a < 256; a++) {
    for (const b of edge) {
      for (const c of edge) {
        check(new Uint8Array([a, b, c]));
        for (const d of edge) check(new Uint8Array([a, b, c, d]));
      }
    }
  }
});

Deno.test("text: a surrogate that stands for no byte has no bytes", () => {
  for (const text of ["\ud800", "\udc7f", "\udd00", "a\udfff"]) {
    assert.throws(() => bytesOfText(text), RangeError);
  }
});
