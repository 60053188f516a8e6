/** Hostile files and random damage: a configuration or a ConfigError, never anything else. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, loadConfig, parseConfig } from "../../../src/evidence/configuration.ts";

const FIXTURES = new URL("../../fixtures/config/", import.meta.url).pathname;

/** The diagnostics, or null where the file is accepted. Anything else thrown fails the test. */
function outcome(run: () => unknown): string[] | null {
  try {
    run();
    return null;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(error.diagnostics.some((d) => d.severity === "error"));
    for (const d of error.diagnostics) {
      assert.ok(d.line >= 1 && d.column >= 1, JSON.stringify(d));
      assert.doesNotMatch(d.message + d.path, /\p{Cc}/u);
    }
    return error.diagnostics.map((d) => d.message);
  }
}

/** What in the corpus is odd but right. */
const ACCEPTED = [
  "alias_allowed.yaml",
  "bom_and_crlf.yaml",
  "comments.yaml",
  "directive.yaml",
  "json.yaml",
  "octal_and_hex.yaml",
];

Deno.test("corpus of hostile files", () => {
  const dir = `${FIXTURES}hostile/`;
  const files = [...Deno.readDirSync(dir)].map((f) => f.name).sort();
  assert.ok(files.length >= 70);
  for (const file of files) {
    const faults = outcome(() => loadConfig(dir + file));
    assert.equal(faults === null, ACCEPTED.includes(file), `${file}: ${faults?.[0]}`);
  }
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("the largest text allowed, of the worst kind, is refused, not chewed on", () => {
  const size = 1 << 18;
  for (
    const part of ["- &a x\n", "k: 1\n", "- ", "? ", "[", "{a: ", '"', "#\n", "---\n", "- *a\n"]
  ) {
    const text = part.repeat(size / part.length);
    assert.notEqual(outcome(() => parseConfig(text, "f")), null, part);
  }
});

const seed = Deno.readTextFileSync(`${FIXTURES}seed_full.yaml`);

Deno.test("random damage to a good file", () => {
  const scrap = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      ":",
      "- ",
      "[",
      "]",
      "{",
      "}",
      "&a",
      "*a",
      "!!x ",
      "\n",
      "  ",
      "\t",
      "|",
      "?",
      '"',
      "\0",
    ),
    fc.constantFrom("null", "-1", ".nan", "1e999", "__proto__", "all", "SMB2_READ", "<<"),
  );
  const edit = fc.record({ at: fc.nat(seed.length), cut: fc.nat(12), put: scrap });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let text = seed;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      outcome(() => parseConfig(text, "f"));
    }),
    { numRuns: 400, seed: 7 },
  );
});

Deno.test("random values in place of good ones", () => {
  const anomaly = fc.record({
    type: fc.oneof(
      fc.constantFrom("latency", "ERROR", "Reconnect", "credit", "Metric"),
      fc.jsonValue(),
    ),
    tool: fc.oneof(fc.constantFrom("smbslower", "smbiosnoop"), fc.jsonValue()),
    mode: fc.oneof(fc.constantFrom("all", "trackonly", "excludeonly"), fc.jsonValue()),
    acceptable_count: fc.oneof(fc.nat(20), fc.jsonValue()),
    default_threshold_ms: fc.oneof(fc.nat(100), fc.double(), fc.jsonValue()),
    track_commands: fc.jsonValue(),
    track_codes: fc.oneof(
      fc.array(fc.constantFrom("EIO", "EACCES", "END_OF_FILE")),
      fc.jsonValue(),
    ),
    metrics: fc.oneof(fc.array(fc.constantFrom("cpu.total", "disk.*", "a b")), fc.jsonValue()),
    min_z_score: fc.jsonValue(),
    actions: fc.oneof(fc.constant(["dmesg"]), fc.jsonValue()),
  }, { requiredKeys: [] });
  const config = fc.record({
    watch_interval_sec: fc.oneof(fc.constant(1), fc.jsonValue()),
    guardian: fc.oneof(
      fc.record({ anomalies: fc.dictionary(fc.string({ maxLength: 5 }), anomaly) }),
      fc.jsonValue(),
    ),
    watcher: fc.jsonValue(),
    cleanup: fc.jsonValue(),
  }, { requiredKeys: ["guardian"] });
  fc.assert(
    fc.property(config, (value) => {
      outcome(() => parseConfig(JSON.stringify(value), "f"));
    }),
    { numRuns: 400, seed: 11 },
  );
});
