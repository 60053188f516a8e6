/**
 * Tables that people wrote, held against the registries they describe: a new entry of a registry
 * needs its line.
 * @module
 */
import assert from "node:assert/strict";
import { performanceMarkdown } from "../../../bench/report.ts";
import { ANOMALY_KINDS } from "../../../src/detect/registry.ts";
import { ACTIONS } from "../../../src/evidence/actions/registry.ts";
import { KIND_WORDS } from "../../../src/evidence/verdict.ts";
import { VERDICT_RULES } from "../../../src/evidence/verdict/rules.ts";

const CHECKOUT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

function read(path: string): string {
  return Deno.readTextFileSync(`${CHECKOUT}/${path}`);
}

/** Cells of the rows whose first cell is code, of the table under a heading. */
function rowsUnder(page: string, heading: RegExp): string[][] {
  const section = read(`docs/${page}`).split(/^## /m).find((text) => heading.test(text)) ?? "";
  return section.split("\n").filter((line) => /^\| `/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("detection.md: every verdict rule in its order, with its verdict", () => {
  const rows = rowsUnder("detection.md", /holds when/);
  assert.deepEqual(
    rows.map(([name, verdict]) => [name, verdict]),
    VERDICT_RULES.map((rule) => [`\`${rule.name}\``, KIND_WORDS[rule.kind]]),
  );
});

Deno.test("detection.md: every kind of anomaly", () => {
  const named = [...read("docs/detection.md").matchAll(/^\| `([a-z]+)` +\|/gm)];
  const types = named.map(([, type]) => type).slice(0, ANOMALY_KINDS.length);
  assert.deepEqual(types, ANOMALY_KINDS.map((kind) => kind.type));
});

Deno.test("bundles.md: every quick action, in the phase it has", () => {
  const phases = new Map(
    rowsUnder("bundles.md", /^Quick actions/).map(([name, , phase]) => [name, phase]),
  );
  for (const [name, { phase }] of ACTIONS) assert.equal(phases.get(`\`${name}\``), phase, name);
});

Deno.test("operations.md: every event of the audit trail", () => {
  const events = ["service/controller.ts", "service/router.ts", "evidence/space_watcher.ts"]
    .flatMap((file) => [...read(`src/${file}`).matchAll(/audit(?:\.write|\?\.)?\("([a-z_]+)"/g)])
    .map(([, event]) => event);
  assert.ok(events.length >= 10);
  const page = read("docs/operations.md");
  for (const event of events) assert.ok(page.includes(event), event);
});

Deno.test("smb-probe.md: every counter of the probe", () => {
  const names = [...read("bpf/events.h").matchAll(/^\tAOD_SMB_C_([A-Z_]+),/gm)]
    .map(([, name]) => name.toLowerCase()).filter((name) => name !== "max");
  assert.ok(names.length >= 8);
  const page = read("docs/smb-probe.md");
  for (const name of names) assert.match(page, new RegExp(`\\b${name}\\b`), name);
});

Deno.test("performance.md is what bench/results says (deno run -A bench/report.ts writes it)", () => {
  assert.equal(read("docs/performance.md"), performanceMarkdown());
});
