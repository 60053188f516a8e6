/**
 * The tar reader against the writer and against what it must refuse.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  tarEnd,
  type TarEntry,
  TarError,
  tarHeader,
  tarPadding,
  TarReader,
} from "../../../src/evidence/tar.ts";

interface Read {
  entry: TarEntry;
  bytes: number[];
}

function join(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function archive(files: { name: string; bytes: Uint8Array }[]): Uint8Array {
  const parts = [tarHeader({ name: "top", type: "directory", size_bytes: 0, mtime_sec: 5 })];
  for (const { name, bytes } of files) {
    const size_bytes = bytes.byteLength;
    parts.push(tarHeader({ name, type: "file", size_bytes, mtime_sec: 5 }));
    parts.push(bytes, tarPadding(size_bytes));
  }
  return join([...parts, tarEnd()]);
}

async function read(bytes: Uint8Array, sizes: number[]): Promise<Read[]> {
  const found: Read[] = [];
  let ended = 0;
  const reader = new TarReader({
    entry: (entry) => void found.push({ entry, bytes: [] }),
    data: (chunk) => void found[found.length - 1].bytes.push(...chunk),
    endEntry: () => void ended++,
  });
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    await reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  assert.equal(ended, found.length);
  return found;
}

const files = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9_-]{1,20}\.log$/),
    bytes: fc.uint8Array({ maxLength: 1500 }),
  }),
  { selector: (file) => file.name, maxLength: 5 },
);

Deno.test("what is written is read, whatever the chunks", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });
  await fc.assert(fc.asyncProperty(files, sizes, async (given, chunks) => {
    const found = await read(archive(given), chunks);
    assert.equal(found[0].entry.type, "directory");
    assert.deepEqual(
      found.slice(1).map(({ entry, bytes }) => [entry.name, bytes]),
      given.map(({ name, bytes }) => [name, [...bytes]]),
    );
  }));
});

Deno.test("a cut archive is an error wherever it is cut", async () => {
  const whole = archive([{ name: "top/a.log", bytes: new Uint8Array(700).fill(7) }]);
  for (let length = 0; length < whole.length; length += 37) {
    await assert.rejects(read(whole.subarray(0, length), [200]), TarError);
  }
});

Deno.test("an archive that could write elsewhere is refused", async () => {
  const header = (name: string) => tarHeader({ name, type: "file", size_bytes: 0, mtime_sec: 0 });
  const cases: [string, Uint8Array][] = [
    ["absolute", header("/etc/passwd")],
    ["parent", header("top/../../x")],
    ["dot", header("./x")],
    ["control character", header("top/a\u001b[2J")],
    ["symbolic link", withType(header("top/x"), "2")],
    ["hard link", withType(header("top/x"), "1")],
    ["device", withType(header("top/x"), "3")],
    ["FIFO", withType(header("top/x"), "6")],
    ["pax header", withType(header("top/x"), "x")],
    ["checksum", header("top/x").fill(1, 0, 1)],
  ];
  for (const [what, block] of cases) {
    await assert.rejects(read(join([block, tarEnd()]), [512]), TarError, what);
  }
});

Deno.test("what does not fit ustar is refused by the writer", () => {
  const entry = { name: "x".repeat(101), type: "file", size_bytes: 0, mtime_sec: 0 } as const;
  assert.throws(() => tarHeader(entry), TarError);
  assert.throws(() => tarHeader({ ...entry, name: "x", size_bytes: 8 ** 11 }), TarError);
});

/** The header with another type flag and a checksum that is right for it. */
function withType(block: Uint8Array, type: string): Uint8Array {
  const copy = block.slice();
  copy[156] = type.charCodeAt(0);
  copy.fill(32, 148, 156);
  const sum = copy.reduce((a, b) => a + b, 0);
  copy.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return copy;
}
