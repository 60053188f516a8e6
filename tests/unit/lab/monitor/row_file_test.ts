/**
 * Unit tests of src/lab/monitor/row_file.ts: nothing is overwritten, every row is there at once.
 * @module
 */
import assert from "node:assert/strict";
import { csvLine, RowFile } from "../../../../src/lab/monitor/row_file.ts";

function inDirectory(test: (dir: string) => void): void {
  const dir = Deno.makeTempDirSync({ prefix: "aod-rows-" });
  try {
    test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("each row is in the file once it is added, and the file is private", () => {
  inDirectory((dir) => {
    const path = `${dir}/a.csv`;
    const file = RowFile.create(path, ["Timestamp", "CPU_Percent"]);
    try {
      assert.equal(Deno.readTextFileSync(path), "Timestamp,CPU_Percent\n");
      file.add(["2026-01-01T00:00:00.000Z", 12.34567]);
      assert.equal(
        Deno.readTextFileSync(path),
        "Timestamp,CPU_Percent\n2026-01-01T00:00:00.000Z,12.346\n",
      );
      assert.equal(file.rows, 1);
      assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      assert.throws(() => file.add([1, 2, 3]), /3 cells/);
      assert.equal(file.rows, 1);
    } finally {
      file.close();
    }
  });
});

Deno.test("a file that is there stays, a link is not followed", () => {
  inDirectory((dir) => {
    Deno.writeTextFileSync(`${dir}/kept.csv`, "kept");
    Deno.symlinkSync(`${dir}/target`, `${dir}/link.csv`);
    for (const name of ["kept.csv", "link.csv"]) {
      assert.throws(
        () => RowFile.create(`${dir}/${name}`, ["a"]),
        /^Error: Cannot write .*: because it is there already$/,
      );
    }
    assert.equal(Deno.readTextFileSync(`${dir}/kept.csv`), "kept");
    assert.throws(() => Deno.lstatSync(`${dir}/target`), Deno.errors.NotFound);
    assert.throws(() => RowFile.create(`${dir}/no/a.csv`, ["a"]), /because no such file/);
  });
});

Deno.test("cells: numbers with three digits, nothing for what is no number, quotes where needed", () => {
  assert.equal(csvLine([0, -0.0004, 1e-9, 100, 0.5]), "0,0,0,100,0.5\n");
  assert.equal(csvLine([null, NaN, Infinity, ""]), ",,,\n");
  assert.equal(csvLine(['say "a,b"', "two\nlines"]), '"say ""a,b""","two\nlines"\n');
});
