/**
 * docs/requirements.md names tests and benchmarks: each must be there, and every state must fit what
 * the row names. Also what the documents promise of each other.
 * @module
 */
import assert from "node:assert/strict";
import { BENCHMARKS } from "../../../bench/registry.ts";

const CHECKOUT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");
const STATES = ["shown", "figure measured", "weaker", "open"];

/** A row of the page's tables. */
interface Row {
  id: string;
  references: string[];
  state: string;
}

function read(path: string): string {
  return Deno.readTextFileSync(`${CHECKOUT}/${path}`);
}

function rowsOf(page: string): Row[] {
  return page.split("\n").filter((line) => /^\| [A-Z]+-\d+ /.test(line)).map((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const references = cells[3].split("<br>").flatMap((part) =>
      part.match(/^(`+) ?(.*?) ?\1$/)?.[2] ?? []
    );
    return { id: cells[1], references, state: cells[4] };
  });
}

/** Whether a source has a test, or a step of one, of exactly this name. */
function hasTest(source: string, name: string): boolean {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`(?:\\(|name:)\\s*(["'\`])${escaped}\\1`).test(source);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(`${CHECKOUT}/${path}`).isFile;
  } catch {
    return false;
  }
}

/** What is wrong with a reference; "" when it leads somewhere. */
function faultOf(reference: string): string {
  const bench = reference.match(/^bench: (.+)$/)?.[1];
  if (bench !== undefined) {
    return BENCHMARKS.some(({ name }) => name === bench) ? "" : "no such benchmark";
  }
  if (reference.startsWith("bench/long/")) return isFile(reference) ? "" : "no such long run";
  const [, file, name] =
    reference.match(/^((?:unit|host|browser|binary|vm|systemd)\/\S+\.ts): (.+)$/) ??
      [];
  if (file === undefined) return "not `file: name`";
  try {
    return hasTest(read(`tests/${file}`), name) ? "" : "the file has no such test";
  } catch {
    return "no such file";
  }
}

const PAGE = read("docs/requirements.md");
const ROWS = rowsOf(PAGE);

Deno.test("every test and benchmark that the page names is there", () => {
  const faults = ROWS.flatMap(({ id, references }) =>
    references.map((reference) => [id, reference, faultOf(reference)])
  ).filter(([, , fault]) => fault !== "");
  assert.deepEqual(faults, []);
});

Deno.test("every row has an id of its own, a known state, and something that shows it unless open", () => {
  assert.ok(ROWS.length >= 150);
  assert.equal(new Set(ROWS.map(({ id }) => id)).size, ROWS.length);
  for (const { id, references, state } of ROWS) {
    assert.ok(STATES.includes(state), `${id}: ${state}`);
    assert.equal(references.length === 0, state === "open", `${id} is ${state}`);
    const measured = references.some((reference) => /^bench(: |\/long\/)/.test(reference));
    if (state === "figure measured") assert.ok(measured, id);
  }
  const counts = STATES.map((state) => `${ROWS.filter((r) => r.state === state).length} ${state}`);
  assert.ok(PAGE.replace(/\s+/g, " ").includes(`Now: ${counts.join(", ")}.`), counts.join(", "));
});

Deno.test("a name that is not there is found out", () => {
  assert.equal(faultOf("unit/imports_test.ts: imports go down the list of rooms only"), "");
  assert.match(faultOf("unit/imports_test.ts: imports go"), /no such test/);
  assert.match(faultOf("unit/nosuch_test.ts: x"), /no such file/);
  assert.match(faultOf("bench: nosuch"), /no such benchmark/);
  assert.equal(faultOf("bench/long/event_log.ts"), "");
  assert.match(faultOf("bench/long/nosuch.ts"), /no such long run/);
});

Deno.test("the documents that the README promises are there", () => {
  const pages = [...Deno.readDirSync(`${CHECKOUT}/docs`)].map((entry) => `docs/${entry.name}`);
  for (const page of ["README.md", "CHANGELOG.md", ...pages.filter((p) => p.endsWith(".md"))]) {
    const folder = page.startsWith("docs/") ? "docs/" : "";
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(Deno.statSync(`${CHECKOUT}/${folder}${target}`), `${page}: ${target}`);
    }
  }
});

Deno.test(".ci/run calls the test command of the README", () => {
  const command = read("README.md").match(/## Test\n+```\n(.+)\n```/)?.[1];
  assert.equal(command, "./build.sh test");
  assert.match(read(".ci/run"), /^exec \.\/build\.sh test$/m);
});
