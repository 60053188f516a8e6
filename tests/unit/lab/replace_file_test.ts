/**
 * Results on the disk: private, whole, and never through a link.
 * @module
 */
import assert from "node:assert/strict";
import { chartBase, OutputError, replaceFile } from "../../../src/lab/replace_file.ts";
import { LabDirectory } from "../../support/lab/csv_file.ts";

Deno.test("a new file is 0600; an old one is replaced, whatever its mode was", () => {
  using directory = new LabDirectory();
  const path = `${directory.path}/x.png`;
  replaceFile(path, "first");
  Deno.chmodSync(path, 0o644);
  replaceFile(path, new TextEncoder().encode("second"));
  assert.equal(Deno.readTextFileSync(path), "second");
  assert.equal((Deno.lstatSync(path).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name), ["x.png"]);
});

Deno.test("links, directories and places that are not there are refused and left", () => {
  using directory = new LabDirectory();
  const target = directory.write("target", "kept");
  Deno.symlinkSync(target, `${directory.path}/link`);
  Deno.mkdirSync(`${directory.path}/dir`);
  for (
    const [name, reason] of [
      ["link", /because it is a symbolic link$/],
      ["dir", /because it is not a regular file$/],
      ["none/x", /because no such file or directory$/],
    ] as const
  ) {
    assert.throws(() => replaceFile(`${directory.path}/${name}`, "new"), (error) => {
      assert.ok(error instanceof OutputError);
      assert.match(error.message, /^Cannot write \//);
      assert.match(error.message, reason);
      return true;
    });
  }
  assert.equal(Deno.readTextFileSync(target), "kept");
  assert.deepEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name).sort(), [
    ...["dir", "link", "target"],
  ]);
});

Deno.test("where a chart goes: a file with or without its ending, a directory, nothing", () => {
  using directory = new LabDirectory();
  const { path } = directory;
  assert.equal(chartBase(undefined, "graph"), "graph");
  assert.equal(chartBase(path, "graph"), `${path}/graph`);
  assert.equal(chartBase(`${path}/`, "graph"), `${path}/graph`);
  assert.equal(chartBase(`${path}/none/`, "graph"), `${path}/none/graph`);
  assert.throws(() => chartBase("", "graph"), OutputError);
  for (const end of ["", ".png", ".SVG"]) {
    assert.equal(chartBase(`${path}/x${end}`, "y"), `${path}/x`);
  }
});
