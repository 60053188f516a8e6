/**
 * Hostile input to the built program: configurations and arguments. Exit 0 or 2, never a crash, and
 * a 2 says why on stderr. Four programs run at a time.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { aod, CHECKOUT, type Outcome } from "../support/program.ts";

const HOSTILE = `${CHECKOUT}/tests/fixtures/config/hostile`;
const MUTATIONS = 200;
const AT_ONCE = 4;

/** Runs each command line; what they came to, in order. */
async function runAll(commands: readonly string[][]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < commands.length; i = next++) outcomes[i] = await aod(...commands[i]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

/** Text without the control characters that belong to it. */
function withoutBreaks(text: string): string {
  return text.replaceAll("\n", "").replaceAll("\t", "");
}

/** 0 with nothing to complain of, or 2 with a reason that can be read on a terminal. */
function assertTidy({ code, stdout, stderr }: Outcome, what: string): void {
  assert.ok(code === 0 || code === 2, `${what}: exit ${code}\n${stderr}`);
  assert.doesNotMatch(stderr, /internal error|panicked|\n +at /, what);
  assert.doesNotMatch(withoutBreaks(stdout + stderr), /\p{Cc}/u, what);
  if (code === 2) {
    assert.notEqual(stderr, "", what);
    assert.equal(stdout, "", what);
  }
}

/** Damaged versions of a text, always the same. */
function mutationsOf(text: string): string[] {
  const scrap = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(":", "- ", "[", "]", "{", "}", "&a ", "*a", "!!js ", "\n", "  ", "\t", "|"),
    fc.constantFrom('"', "\0", "\x1b[31m", "null", "-1", ".nan", "1e999", "__proto__", "<<: *a"),
  );
  const edit = fc.record({ at: fc.nat(text.length), cut: fc.nat(24), put: scrap });
  const edits = fc.array(edit, { minLength: 1, maxLength: 5 });
  return fc.sample(edits, { numRuns: MUTATIONS, seed: 20251120 }).map((list) =>
    list.reduce((t, { at, cut, put }) => t.slice(0, at) + put + t.slice(at + cut), text)
  );
}

Deno.test("check: the hostile corpus ends with 0 or 2 and a reason", async () => {
  const files = [...Deno.readDirSync(HOSTILE)].map((f) => f.name).sort();
  const outcomes = await runAll(files.map((f) => ["check", "--config", `${HOSTILE}/${f}`]));
  files.forEach((file, i) => assertTidy(outcomes[i], file));
  const refused = outcomes.filter((o) => o.code === 2).length;
  assert.ok(refused >= 60 && refused < files.length, `${refused} of ${files.length}`);
});

Deno.test("check: 200 damaged default configurations end with 0 or 2 and a reason", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-fuzz-" });
  try {
    const texts = mutationsOf(Deno.readTextFileSync(`${CHECKOUT}/config/aod.yaml`));
    assert.equal(new Set(texts).size, MUTATIONS);
    const paths = texts.map((text, i) => {
      const path = `${directory}/${i}.yaml`;
      Deno.writeTextFileSync(path, text);
      return path;
    });
    const outcomes = await runAll(paths.map((path) => ["check", "--config", path]));
    texts.forEach((text, i) => assertTidy(outcomes[i], `mutation ${i}\n${text}`));
    const refused = outcomes.filter((o) => o.code === 2).length;
    assert.ok(refused > 100 && refused < MUTATIONS, `${refused} refused`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("arguments that mean nothing end with 2 and a reason", async () => {
  const garbage = [
    "",
    ",",
    "READ,,WRITE",
    "SMB2_NOSUCH",
    "-1",
    "__proto__",
    "\u202e",
    "x".repeat(5000),
  ];
  const commands = [
    ...garbage.map((value) => ["smbslower", "-c", value]),
    ...garbage.map((value) => ["smbslower", "-x", value]),
    ...garbage.map((value) => ["smbiosnoop", "-e", value]),
    ...["", "-5", "1e999", "NaN", "0x10", " "].map((value) => ["smbslower", "-m", value]),
    ...["", "0", "-1", "1.5", "99999999999"].map((value) => ["smbiosnoop", "-p", value]),
    ...["", "0", "-1", "Infinity"].map((value) => ["smbslower", "-d", value]),
    ["smbslower", "extra"],
    ["smbiosnoop", "--nosuch"],
    ["bundle", "nosuch"],
    ["bundle", "show", "--nosuch"],
    ["bundle", "list", "--config"],
    ["bundle", "list", "--config", `${HOSTILE}/nul_bytes.yaml`],
    ["bundle", "verify", "one", "two"],
    ["nosuch"],
    ["--nosuch"],
    ["check", "--config"],
    ["check", "--config", "/nonexistent/aod.yaml"],
    ["check", "--config", "/dev/zero"],
    ["config", "show", "--anomaly", "constructor"],
  ];
  const outcomes = await runAll(commands);
  commands.forEach((args, i) => {
    const what = args.map((arg) => JSON.stringify(arg.slice(0, 40))).join(" ");
    assert.equal(outcomes[i].code, 2, `${what}: exit ${outcomes[i].code}\n${outcomes[i].stderr}`);
    assertTidy(outcomes[i], what);
  });
});

Deno.test("bundle: what is no bundle is one line and no stack, whatever its name", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-fuzz-" });
  try {
    Deno.mkdirSync(`${directory}/batches`);
    const id = "1700000000000000000";
    const file = `${directory}/batches/aod_quick_${id}.tar.zst`;
    Deno.writeFileSync(file, crypto.getRandomValues(new Uint8Array(4096)));
    const dir = ["--dir", directory];
    const commands = [
      ["bundle", "show", "17", ...dir],
      ["bundle", "show", "../../etc/passwd", ...dir],
      ["bundle", "show", "/etc/passwd", ...dir],
      ["bundle", "show", "\x1b[31m", ...dir],
      ["bundle", "verify", ...dir],
      ["bundle", "extract", id, "--to", directory, ...dir],
      ["bundle", "show", "--dir", "/nonexistent"],
    ];
    for (const [i, { code, stderr, stdout }] of (await runAll(commands)).entries()) {
      const what = commands[i].join(" ");
      assert.equal(code, 1, `${what}: ${stderr}`);
      assert.doesNotMatch(stdout + stderr, /internal error|\n +at /, what);
      assert.doesNotMatch(withoutBreaks(stdout + stderr), /\p{Cc}/u, what);
      assert.match(stdout + stderr, /Cannot|DAMAGED/, what);
    }
    const left = [...Deno.readDirSync(directory)].map((entry) => entry.name);
    assert.deepEqual(left, ["batches"], "a damaged bundle leaves nothing extracted");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
