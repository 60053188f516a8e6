/**
 * Reading files into a buffer that is used again.
 * @module
 */
import assert from "node:assert/strict";
import { cPath, ProcReader } from "../../../src/os/proc_reader.ts";

function inDirectory(run: (dir: string) => void): void {
  const dir = Deno.makeTempDirSync({ prefix: "aod-reader-" });
  try {
    run(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function read(reader: ProcReader, path: string): Uint8Array | null {
  return reader.read(cPath(path)) ? reader.bytes.slice(0, reader.length) : null;
}

Deno.test("reader: files of any size, larger ones than its buffer too", () => {
  inDirectory((dir) => {
    const reader = new ProcReader(16);
    for (const size of [0, 1, 15, 16, 17, 32, 1000, 100_000, 3]) {
      const data = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
      Deno.writeFileSync(`${dir}/file`, data);
      assert.deepEqual(read(reader, `${dir}/file`), data);
    }
  });
});

Deno.test("reader: a file that is not there, a directory, a link: no text, and why", () => {
  inDirectory((dir) => {
    const reader = new ProcReader();
    assert.equal(read(reader, `${dir}/none`), null);
    assert.ok(reader.missing);
    assert.match(reader.failure(cPath(`${dir}/none`)).message, /none.*ENOENT/);
    assert.equal(read(reader, dir), null);
    assert.ok(!reader.missing);
    assert.match(reader.failure(cPath(dir)).message, /EISDIR/);
    Deno.writeTextFileSync(`${dir}/file`, "x");
    Deno.symlinkSync(`${dir}/file`, `${dir}/link`);
    assert.equal(read(reader, `${dir}/link`), null);
    assert.match(reader.failure(cPath(`${dir}/link`)).message, /ELOOP/);
  });
});

Deno.test("reader: descriptors are given back, whatever happened", () => {
  inDirectory((dir) => {
    const reader = new ProcReader();
    Deno.writeTextFileSync(`${dir}/file`, "x");
    const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      reader.read(cPath(`${dir}/file`));
      reader.readLine(cPath(`${dir}/file`));
      reader.read(cPath(dir));
      reader.readLine(cPath(dir));
      reader.numbersIn(cPath(dir), () => {});
      reader.numbersIn(cPath(`${dir}/file`), () => {});
    }
    assert.equal(open(), before);
  });
});

Deno.test("reader: names that are numbers, in directories of any size", () => {
  inDirectory((dir) => {
    const reader = new ProcReader(256);
    const wanted = Array.from({ length: 300 }, (_, i) => i * 7919);
    const others = ["a1", "1a", "2147483648", "99999999999", "-3", "1.5", " 4"];
    for (const name of [...wanted, ...others]) Deno.writeTextFileSync(`${dir}/${name}`, "");
    const found: number[] = [];
    assert.ok(reader.numbersIn(cPath(dir), (n) => found.push(n)));
    assert.deepEqual(found.sort((a, b) => a - b), wanted);
    assert.ok(!reader.numbersIn(cPath(`${dir}/none`), () => {}));
    assert.ok(reader.missing);
  });
});

Deno.test("reader: a path with a NUL is refused", () => {
  assert.throws(() => cPath("/proc/\0x"), TypeError);
});
