/**
 * Licences: what the kernel is told, and what the files say.
 * @module
 */
import assert from "node:assert/strict";

const CHECKOUT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

function filesBelow(directory: string, end: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) return filesBelow(path, end);
    return entry.name.endsWith(end) ? [path] : [];
  });
}

Deno.test("the BPF licence is exactly Dual MIT/GPL, everything else is MIT", () => {
  const programs = filesBelow(`${CHECKOUT}/bpf`, ".bpf.c");
  assert.ok(programs.length > 0);
  for (const path of programs) {
    const declared = Deno.readTextFileSync(path).match(/SEC\("license"\) = "([^"]*)"/)?.[1];
    assert.equal(declared, "Dual MIT/GPL", path);
  }
  for (const path of [...programs, ...filesBelow(`${CHECKOUT}/bpf`, ".h")]) {
    const [first] = Deno.readTextFileSync(path).split("\n");
    assert.match(first, /SPDX-License-Identifier: \(MIT OR GPL-2\.0-only\)/, path);
  }
  assert.match(Deno.readTextFileSync(`${CHECKOUT}/LICENSE`), /^MIT License\n/);
});
