/**
 * Unit tests of src/lab/run/words.ts: what is split is split as /bin/sh splits it.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinWords, splitWords, WordsError } from "../../../../src/lab/run/words.ts";

const COMMANDS = [
  "make -j2 all",
  "  many   blanks\tand\ttabs  ",
  `one 'two three' "four five"six`,
  `a'b'"c"\\d`,
  `'' "" x`,
  `"a\\"b" "c\\\\d" "e\\f"`,
  `back\\ slash \\'quote\\'`,
  `'$HOME and \`this\`' "\\$HOME"`,
  "a=b~c#d /x/~y",
  `"ein Umlaut: ä" 'línea'`,
];

Deno.test("it splits as a shell does", () => {
  for (const command of COMMANDS) {
    const script = `printf '%s\\0' ${command}`;
    const { stdout } = new Deno.Command("/bin/sh", { args: ["-c", script] }).outputSync();
    const words = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
    assert.deepEqual(splitWords(command), words, command);
  }
});

Deno.test("what only a shell could do is refused, and how to get one is said", () => {
  for (const command of ["a | b", "a > b", "a; b", "a && b", "a $B", "a `b`", 'a "$B"', "ls *"]) {
    assert.throws(() => splitWords(command), (error) => {
      assert.ok(error instanceof WordsError);
      assert.match(error.message, /^Cannot split the command: because .*--shell$/, command);
      return true;
    });
  }
  for (const command of ["~/x", "# a", "a\nb", "(a)", "{a,b}", "a[1]", "a?"]) {
    assert.throws(() => splitWords(command), WordsError, command);
  }
});

Deno.test("open quotes and empty commands are refused", () => {
  const cases = { "a 'b": "a ' is not closed", 'a "b': 'a " is not closed', "": "it is empty" };
  for (const [command, why] of Object.entries({ ...cases, "  ": "it is empty" })) {
    assert.throws(() => splitWords(command), new RegExp(`because ${why}$`));
  }
  assert.throws(() => splitWords("a \\"), /nothing is behind its last/);
  assert.throws(() => splitWords("a\0b"), /NUL/);
  assert.throws(() => splitWords("x".repeat(40_000)), /too long/);
});

Deno.test("what was joined is split into the same words", () => {
  const word = fc.string({ maxLength: 20 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      assert.deepEqual(splitWords(joinWords(words)), words);
    }),
  );
});

Deno.test("any text is split or refused, nothing else", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60, unit: fc.constantFrom(..."ab \\'\"$`|#~\t") }),
      (text) => {
        try {
          assert.ok(splitWords(text).length > 0);
        } catch (error) {
          assert.ok(error instanceof WordsError, String(error));
        }
      },
    ),
  );
});
