/** What the server loads at start: every package it does not need costs the agent memory. */
import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** Everything that a module loads with it: files by their path, packages by their name. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = Deno.readTextFileSync(path).replace(/\/\*[\s\S]*?\*\//g, "");
  // Types cost nothing, and `import()` is what loads later.
  const imports = /(?:^|\n)(?:import|export)(?! type\b)\b[^;"']*?\bfrom\s*"([^"]+)"/g;
  for (const [, target] of text.matchAll(imports)) {
    if (target.startsWith(".")) loadedWith(resolve(dirname(path), target), seen);
    else seen.add(target);
  }
  return seen;
}

Deno.test("the server loads no schema library, no TLS and no description of itself at start", () => {
  const loaded = loadedWith(`${ROOT}src/api/server.ts`);
  const packages = [...loaded].filter((name) => !name.startsWith("/")).sort();
  assert.deepEqual(packages.filter((name) => !name.startsWith("node:")), []);
  assert.ok(!packages.includes("node:https") && !packages.includes("node:tls"));
  const files = [...loaded].filter((name) => name.startsWith(`${ROOT}src/`))
    .map((name) => name.slice(ROOT.length));
  assert.ok(files.includes("src/api/routes/registry.ts"));
  assert.deepEqual(files.filter((name) => /openapi\/|tls\.ts|bundle_index/.test(name)), []);
});

Deno.test("the check sees what a module loads", () => {
  const loaded = loadedWith(`${ROOT}src/api/openapi/document.ts`);
  assert.ok(loaded.has("zod"));
  assert.ok(loaded.has(`${ROOT}src/api/openapi/schemas.ts`));
});
