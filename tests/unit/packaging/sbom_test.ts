/**
 * The bill of materials, held against NOTICE, the lock file and what the sources import.
 * @module
 */
import assert from "node:assert/strict";
import { filesBelow } from "../../../packaging/run.ts";
import { makeBom } from "../../../packaging/sbom/cyclonedx.ts";
import { nativeParts } from "../../../packaging/sbom/native.ts";
import { npmPackages } from "../../../packaging/sbom/npm.ts";

const CHECKOUT = new URL("../../../", import.meta.url).pathname;
const PRODUCT = { version: "0.1.0", sha256: "ab".repeat(32), epoch_sec: 1_700_000_000 };
const NPM = npmPackages();

/** The names in the first column of NOTICE's table. */
function noticeNames(): string[] {
  const text = Deno.readTextFileSync(`${CHECKOUT}NOTICE`);
  const table = text.split(/^-{5,} .*\n/m)[1].split("\n\n")[0];
  // A name may go on in the lines below it; several may stand in one row.
  const rows = table.split("\n").reduce<string[]>((names, line) => {
    const name = line.slice(0, 21).trim();
    if (/[,-]$/.test(names.at(-1) ?? "")) names[names.length - 1] += name;
    else if (name !== "") names.push(name);
    return names;
  }, []);
  return rows.map((row) => row.replace(/,?a subset$/, "")).flatMap((row) => row.split(","))
    .map((name) => name.replace(/ [\d.]+$/, ""));
}

/** A name without the scope of npm, which NOTICE leaves out where it is the name again. */
function plain(name: string): string {
  return name.trim().toLowerCase().replace(/^@[^/]+\//, "");
}

Deno.test("NOTICE and the bill list the same works", async () => {
  const listed = [...await nativeParts(), ...NPM.filter(({ shipped }) => shipped)]
    .map(({ name }) => plain(name));
  assert.deepEqual(listed.sort(), noticeNames().map(plain).sort());
});

Deno.test("what the program imports is required, what only builds and tests it is excluded", () => {
  const sources = [...filesBelow(`${CHECKOUT}src`), `${CHECKOUT}main.ts`]
    .filter((path) => /\.tsx?$/.test(path));
  const imported = new Set(
    sources.flatMap((path) =>
      [...Deno.readTextFileSync(path).matchAll(/from "((?:@[a-z-]+\/)?[a-z][a-z0-9-]*)[/"]/g)]
        .map(([, name]) => name)
    ),
  );
  assert.ok(imported.size >= 4);
  for (const name of imported) {
    assert.equal(NPM.find((part) => part.name === name)?.shipped, true, name);
  }
  assert.equal(NPM.find(({ name }) => name === "esbuild")?.shipped, false);
});

Deno.test("a bill: CycloneDX 1.5, every reference leads somewhere, the same build the same bytes", async () => {
  const natives = await nativeParts();
  const bom = makeBom(PRODUCT, NPM, natives);
  assert.deepEqual([bom.bomFormat, bom.specVersion, bom.version], ["CycloneDX", "1.5", 1]);
  assert.match(
    bom.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const refs = [bom.metadata.component, ...bom.components].map((part) => part["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  for (const { ref, dependsOn } of bom.dependencies) {
    for (const name of [ref, ...dependsOn]) assert.ok(refs.includes(name), name);
  }
  for (const { name, hashes, scope } of bom.components) {
    assert.ok(scope !== undefined, name);
    for (const { alg, content } of hashes ?? []) {
      assert.match(content, alg === "SHA-512" ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{64}$/);
    }
  }
  assert.equal(JSON.stringify(makeBom(PRODUCT, npmPackages(), natives)), JSON.stringify(bom));
  assert.notEqual(
    makeBom({ ...PRODUCT, sha256: "cd".repeat(32) }, NPM, natives).serialNumber,
    bom.serialNumber,
  );
});
