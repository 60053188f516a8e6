/**
 * Applies a document's fenced blocks to a copy of the tree: a block whose fence names a file writes
 * it, a block `diff FILE` changes it at the place its context gives.
 * @module
 */
import { dirname } from "node:path";

/** A fenced block with the file it names. */
export interface Block {
  language: string;
  path: string;
  text: string;
}

/** The blocks of a Markdown text whose fence names a file. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)]
    .map(([, language, path, text]) => ({ language, path, text }));
}

/** Directories and files of the checkout that the program and its tests are made of. */
const PARTS = ["src", "bpf", "config", "packaging", "tests/support", "tests/fixtures/config"];
const FILES = ["main.ts", "deno.json", "deno.lock", "NOTICE", "LICENSE"];

function copyDirectory(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory) copyDirectory(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else if (entry.isFile) Deno.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

/** Copies the sources as they are now; packages and built objects are shared with the checkout. */
export function copyTree(checkout: string, to: string): void {
  for (const part of PARTS) copyDirectory(`${checkout}/${part}`, `${to}/${part}`);
  for (const file of FILES) Deno.copyFileSync(`${checkout}/${file}`, `${to}/${file}`);
  Deno.symlinkSync(`${checkout}/node_modules`, `${to}/node_modules`);
}

/**
 * Applies one hunk: lines that begin with a space must be there, `-` are removed, `+` added.
 * @throws Error where the file does not have the context exactly once
 */
export function applyHunk(text: string, hunk: string, path: string): string {
  const kept = (signs: string) =>
    hunk.replace(/\n$/, "").split("\n")
      .filter((line) => signs.includes(line[0] ?? " ")).map((line) => line.slice(1));
  const [before, after, lines] = [kept(" -"), kept(" +"), text.split("\n")];
  const places = lines.flatMap((_, at) =>
    before.every((line, i) => lines[at + i] === line) ? [at] : []
  );
  if (places.length !== 1) {
    const shown = before.join("\n");
    throw new Error(
      `Cannot change ${path}: because it has these lines ${places.length} times:\n${shown}`,
    );
  }
  return lines.toSpliced(places[0], before.length, ...after).join("\n");
}

/** Applies a block below `root`; an absolute path stays as it is. Returns the path written. */
export function applyBlock(block: Block, root: string): string {
  const path = block.path.startsWith("/") ? block.path : `${root}/${block.path}`;
  if (block.language !== "diff") {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, block.text, { createNew: true });
    return path;
  }
  let text = Deno.readTextFileSync(path);
  for (const hunk of block.text.split(/^@@.*\n/m)) text = applyHunk(text, hunk, block.path);
  Deno.writeTextFileSync(path, text);
  return path;
}
