/**
 * docs/extending.md applied to a clean copy of the tree: its code compiles, its tests pass, and the
 * program knows what it adds. Fails when the page and the code drift apart.
 * @module
 */
import assert from "node:assert/strict";
import {
  applyBlock,
  applyHunk,
  type Block,
  blocksOf,
  copyTree,
} from "../../support/walk_through.ts";

const CHECKOUT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");
const PAGE = Deno.readTextFileSync(`${CHECKOUT}/docs/extending.md`);
const DECODER = new TextDecoder();

async function run(
  cwd: string,
  command: string,
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, out: DECODER.decode(stdout) + DECODER.decode(stderr) };
}

function deno(cwd: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return run(cwd, Deno.execPath(), ...args);
}

function isConfiguration(block: Block): boolean {
  return block.language === "yaml";
}

Deno.test("every registry of the page is a file, and every block is code of a file", () => {
  const named = [...PAGE.matchAll(/^\| .*?\| `[^|]*\| (?:the includes of )?`([^`]+)`/gm)];
  assert.ok(named.length >= 6);
  for (const [, path] of named) assert.ok(Deno.statSync(`${CHECKOUT}/${path}`).isFile, path);
  for (const [, path] of PAGE.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
    assert.ok(Deno.statSync(`${CHECKOUT}/docs/${path}`).isFile, path);
  }
  const fences = PAGE.match(/^```/gm)?.length ?? 0;
  assert.equal(blocksOf(PAGE).length, fences / 2);
});

Deno.test("one new file and one registry for each thing that is added", () => {
  const code = blocksOf(PAGE).filter((b) => !isConfiguration(b) && !b.path.startsWith("tests/"));
  for (let i = 0; i < code.length; i += 2) {
    assert.notEqual(code[i].language, "diff", code[i].path);
    assert.equal(code[i + 1].language, "diff", code[i + 1].path);
    const added = code[i + 1].text.split("\n").filter((line) => line.startsWith("+"));
    const entries = added.filter((line) => !line.startsWith("+import "));
    assert.ok(entries.length <= 1 || code[i + 1].path.endsWith(".c"), code[i + 1].path);
    assert.ok(!/^-/m.test(code[i + 1].text), "nothing that is there changes");
  }
});

Deno.test("a hunk whose context is gone or ambiguous is refused", () => {
  assert.equal(applyHunk("a\nb\nc\n", " a\n+x\n b\n", "f"), "a\nx\nb\nc\n");
  assert.throws(() => applyHunk("a\nc\n", " a\n+x\n b\n", "f"), /f: because .* 0 times/);
  assert.throws(() => applyHunk("a\na\n", " a\n+x\n", "f"), /2 times/);
});

Deno.test("the walk-through on a clean copy: types, tests, program, BPF object", async () => {
  const root = Deno.makeTempDirSync({ prefix: "aod-extending-" });
  try {
    copyTree(CHECKOUT, root);
    const blocks = blocksOf(PAGE);
    const configuration = `${root}/aod.yaml`;
    for (const block of blocks.filter(isConfiguration)) {
      applyBlock({ ...block, path: configuration }, root);
    }
    const check = () => deno(root, "run", "-A", "main.ts", "check", "--config", configuration);

    const before = await check();
    assert.equal(before.code, 2, before.out);
    assert.match(before.out, /no such action "routes"/);
    assert.match(before.out, /expected one of Latency, .*found the text "Logon"/);

    const written = blocks.filter((b) => !isConfiguration(b)).map((b) => applyBlock(b, root));
    const typescript = written.filter((path) => path.endsWith(".ts"));
    const tests = typescript.filter((path) => path.endsWith("_test.ts"));
    assert.equal(tests.length, 2);
    const [types, after, codes, doctor, object] = await Promise.all([
      deno(root, "check", "main.ts", "src/worker.ts", ...typescript),
      check(),
      deno(root, "run", "-A", "main.ts", "codes", "EACCES"),
      deno(root, "run", "-A", "main.ts", "doctor", "--config", configuration),
      compileProbe(root),
    ]);
    assert.equal(types.code, 0, types.out);
    assert.equal(after.code, 0, after.out);
    assert.match(after.out, /OK \(2 anomalies: slow, logons/);
    assert.equal(codes.code, 0, codes.out);
    assert.match(codes.out, /^STATUS_ACCESS_DENIED$/m);
    assert.match(doctor.out, /MB available/);
    assert.match(doctor.out, /routes: /);
    assert.equal(object.code, 0, object.out);
    assert.ok(DECODER.decode(Deno.readFileSync(`${root}/smb.bpf.o`)).includes("any_lease_err"));

    const tested = await deno(root, "test", "-A", "--no-check", "--quiet", ...tests);
    assert.equal(tested.code, 0, tested.out);
    assert.match(tested.out, /2 passed/);
    const formatted = await deno(root, "fmt", "--check", ...typescript);
    assert.equal(formatted.code, 0, formatted.out);
    const linted = await deno(root, "lint", "--quiet", ...typescript);
    assert.equal(linted.code, 0, linted.out);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

async function compileProbe(root: string): Promise<{ code: number; out: string }> {
  const triplet = (await run(root, "gcc", "-print-multiarch")).out.trim();
  const arch = Deno.build.arch === "x86_64" ? "x86" : "arm64";
  return run(
    root,
    "clang",
    ...["-O2", "-g", "-Wall", "-Werror", "-target", "bpf", "-mcpu=v3"],
    ...[`-D__TARGET_ARCH_${arch}`, `-I/usr/include/${triplet}`, "-Ibpf"],
    ...["-c", "bpf/smb.bpf.c", "-o", "smb.bpf.o"],
  );
}
