/**
 * The threads that watch SMB load no module of node before they need one: each thread that does is 3 MB
 * larger (src/os/late_builtin.ts).
 * @module
 */
import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";

const WORKERS = new URL("../../../src/service/workers/", import.meta.url).pathname;
/** Not `import type`, and no list of types alone. */
const IMPORT = /^(?:import|export) (?!type\b)(?:([^;"]*?) from )?"([^"]+)";/gm;
const TYPES_ONLY = /^\{(?:\s*type [^,}]+,?)+\s*\}$/;

/** Modules of node that `path` loads as soon as it is loaded, and by which file. */
function nodeModules(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const found: string[] = [];
  for (const [, names, specifier] of Deno.readTextFileSync(path).matchAll(IMPORT)) {
    if (names !== undefined && TYPES_ONLY.test(names)) continue;
    if (specifier.startsWith(".")) {
      found.push(...nodeModules(resolve(dirname(path), specifier), seen));
    } else found.push(`${path}: ${specifier}`);
  }
  return found;
}

Deno.test("dispatcher and watcher load no module of node at their start", () => {
  for (const name of ["roles", "dispatcher", "watcher"]) {
    assert.deepEqual(nodeModules(`${WORKERS}${name}.ts`), [], name);
  }
  // That it would be found:
  assert.ok(nodeModules(`${WORKERS}collector.ts`).some((found) => /: node:fs$/.test(found)));
});
