/**
 * Holds the sources to the rooms of docs/architecture.md: a file imports only from its own room or
 * from rooms below it, and no files import each other in a circle. `import type` counts.
 * @module
 */
import assert from "node:assert/strict";
import { dirname, relative, resolve } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** From the top to the ground. */
const ROOMS = [
  ...["main", "cli", "service", "lab", "api", "evidence", "detect", "sink", "collect", "stream"],
  ...["probe", "bpf", "config", "os"],
];

function sourcesBelow(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) return sourcesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Removes comments, so that an example in one is no import. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** The relative modules that a file names in `import`, `export ... from` and `import()`. */
function importsOf(path: string, text: string): string[] {
  const found: string[] = [];
  const patterns = [
    /(?:^|[;\n])\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["'](\.[^"']+)["']/g,
    /(?:^|[;\n])\s*import\s*["'](\.[^"']+)["']/g,
    /\bimport\(\s*["'](\.[^"']+)["']\s*\)/g,
  ];
  for (const pattern of patterns) {
    for (const match of withoutComments(text).matchAll(pattern)) {
      found.push(resolve(dirname(path), match[1]));
    }
  }
  return found;
}

function roomOf(path: string): string {
  const name = relative(ROOT, path);
  if (name === "main.ts") return "main";
  // The entry of the threads belongs to the room whose glue it starts.
  if (name === "src/worker.ts") return "service";
  return name.match(/^src\/([a-z]+)\//)?.[1] ?? name;
}

type Graph = Map<string, string[]>;

function readGraph(): Graph {
  const paths = [`${ROOT}/main.ts`, ...sourcesBelow(`${ROOT}/src`)];
  return new Map(paths.map((path) => [path, importsOf(path, Deno.readTextFileSync(path))]));
}

/** Every import that goes up, as `from -> to`. */
function upwardImports(graph: Graph): string[] {
  return [...graph].flatMap(([from, targets]) =>
    targets
      .filter((to) => ROOMS.indexOf(roomOf(to)) < ROOMS.indexOf(roomOf(from)))
      .map((to) => `${relative(ROOT, from)} -> ${relative(ROOT, to)}`)
  );
}

/** One circle as the files on it, or null. */
function findCircle(graph: Graph): string[] | null {
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | null => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return null;
    for (const target of graph.get(path) ?? []) {
      const circle = visit(target, [...trail, path]);
      if (circle !== null) return circle;
    }
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const circle = visit(path, []);
    if (circle !== null) return circle.map((file) => relative(ROOT, file));
  }
  return null;
}

Deno.test("every source file is in a known room", () => {
  const strangers = [...readGraph().keys()].filter((path) => !ROOMS.includes(roomOf(path)));
  assert.deepEqual(strangers.map((path) => relative(ROOT, path)), []);
});

Deno.test("imports go down the list of rooms only", () => {
  assert.deepEqual(upwardImports(readGraph()), []);
});

Deno.test("no files import each other in a circle", () => {
  assert.equal(findCircle(readGraph()), null);
});

Deno.test("the check sees imports of every form, and ignores comments", () => {
  const text = `/** import a from "./comment.ts" */
import type { A } from "./a.ts";
import {
  b,
} from '../b.ts';
export * from "./c.ts";
import "./d.ts";
const e = await import("./e.ts"); // import("./kept.ts") in a trailing comment counts, on purpose
// import { f } from "./f.ts";
type G = import("./g.ts").G;`;
  const names = importsOf("/x/y/z.ts", text).sort();
  assert.deepEqual(names, [
    ...["/x/b.ts", "/x/y/a.ts", "/x/y/c.ts", "/x/y/d.ts", "/x/y/e.ts", "/x/y/g.ts"],
    "/x/y/kept.ts",
  ]);
});

Deno.test("the check finds an upward import and a circle where there is one", () => {
  const cli = `${ROOT}/src/cli/a.ts`;
  const os = `${ROOT}/src/os/b.ts`;
  const graph: Graph = new Map([[cli, [os]], [os, [cli]]]);
  assert.deepEqual(upwardImports(graph), ["src/os/b.ts -> src/cli/a.ts"]);
  assert.deepEqual(findCircle(graph), ["src/cli/a.ts", "src/os/b.ts", "src/cli/a.ts"]);
});
