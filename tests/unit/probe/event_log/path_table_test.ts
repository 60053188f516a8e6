/**
 * The copy of the kernel's path cache.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LOG_PATH_OFFSET } from "../../../../src/probe/event_log/layout.gen.ts";
import { PathTable } from "../../../../src/probe/event_log/path_table.ts";
import { pathRecord } from "../../../support/event_log/log_records.ts";

function put(table: PathTable, record: Uint8Array<ArrayBuffer>): boolean {
  return table.record(new DataView(record.buffer), 0, record.length);
}

function pathOf(table: PathTable, cpu: number, reference: number): string | null {
  if (table.find(cpu, reference) === 0) return null;
  const { bytes, start, length } = table;
  return new TextDecoder().decode(bytes.subarray(start, start + length));
}

Deno.test("paths: from the root to the leaf; the root; a cut one has no slash at its begin", () => {
  const table = new PathTable(2);
  assert.ok(put(table, pathRecord(0, 0, ["c", "b", "a"])));
  assert.ok(put(table, pathRecord(0, 1, [])));
  assert.ok(put(table, pathRecord(1, 0, ["c", "b"], true)));
  assert.ok(put(table, pathRecord(1, 4095, ["x"])));
  assert.deepEqual(
    [[0, 1], [0, 2], [1, 1], [1, 4096], [0, 3], [1, 2]].map(([c, r]) => pathOf(table, c, r)),
    ["/a/b/c", "/", "b/c", "/x", null, null],
  );
});

Deno.test("paths: what hangs below no root is as the kernel, or /proc, has it", () => {
  const table = new PathTable(1);
  assert.ok(put(table, pathRecord(0, 0, ["memfd:x"], false, true)));
  assert.ok(put(table, pathRecord(0, 1, ["[eventfd]"], false, true)));
  assert.ok(put(table, pathRecord(0, 2, ["[eventfd]"])));
  assert.deepEqual(
    [1, 2, 3].map((reference) => pathOf(table, 0, reference)),
    ["memfd:x", "anon_inode:[eventfd]", "/[eventfd]"],
  );
});

Deno.test("paths: the same as a plain map, through growing and clearing out", () => {
  const operation = fc.record({
    cpu: fc.nat(2),
    slot: fc.nat(5),
    names: fc.array(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { minLength: 50, maxLength: 400 }), (operations) => {
      const table = new PathTable(3);
      const map = new Map<string, string>();
      for (const { cpu, slot, names } of operations) {
        const clean = names.map((name) => name.replaceAll("\0", "0"));
        assert.ok(put(table, pathRecord(cpu, slot, clean)));
        map.set(`${cpu} ${slot}`, `/${clean.toReversed().join("/")}`);
      }
      for (const [key, path] of map) {
        const [cpu, slot] = key.split(" ").map(Number);
        assert.equal(pathOf(table, cpu, slot + 1), path);
      }
      assert.ok(table.bytes.length <= 4 * 18 * 1200 + 65536);
    }),
    { numRuns: 30 },
  );
});

Deno.test("paths: a slot that is filled anew has another number", () => {
  const table = new PathTable(1);
  const numbers = new Set<number>();
  for (let i = 0; i < 100; i++) {
    put(table, pathRecord(0, 3, [`${i % 2}`]));
    numbers.add(table.find(0, 4));
  }
  assert.equal(numbers.size, 100);
});

Deno.test("paths: above the limit a path is not known, never a wrong one", () => {
  const table = new PathTable(1, 100_000);
  const long = "n".repeat(250);
  for (let slot = 0; slot < 1000; slot++) put(table, pathRecord(0, slot, [long, `${slot}`]));
  assert.ok(table.refused > 500);
  assert.ok(table.bytes.length <= 200_000);
  for (let slot = 0; slot < 1000; slot++) {
    const path = pathOf(table, 0, slot + 1);
    assert.ok(path === null || path === `/${slot}/${long}`);
  }
  // A replaced path makes room, and a slot whose new path is refused is not the old one.
  put(table, pathRecord(0, 0, ["short"]));
  assert.equal(pathOf(table, 0, 1), "/short");
});

Deno.test("paths: malformed records are refused, and their slot is not known", () => {
  const table = new PathTable(2);
  const fill = () => assert.ok(put(table, pathRecord(1, 9, ["old"])));
  const changed = (at: number, value: number, size: 2 | 4 = 2) => {
    const record = pathRecord(1, 9, ["b", "a"]);
    const view = new DataView(record.buffer);
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    return record;
  };
  fill();
  for (const record of [changed(LOG_PATH_OFFSET.cpu, 2), changed(LOG_PATH_OFFSET.slot, 4096, 4)]) {
    assert.equal(put(table, record), false);
    assert.equal(pathOf(table, 1, 10), "/old");
  }
  for (
    const record of [
      changed(LOG_PATH_OFFSET.names, 3),
      changed(LOG_PATH_OFFSET.names, 1),
      changed(LOG_PATH_OFFSET.names, 49),
      changed(LOG_PATH_OFFSET.bytes, 3, 4),
      changed(LOG_PATH_OFFSET.bytes, 0xffffffff, 4),
      pathRecord(1, 9, ["a", ""]),
    ]
  ) {
    fill();
    assert.equal(put(table, record), false);
    assert.equal(pathOf(table, 1, 10), null);
  }
});

Deno.test("paths: arbitrary bytes never throw", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (all) => {
    const table = new PathTable(3);
    for (const record of all) put(table, new Uint8Array(record));
    for (let cpu = 0; cpu < 5; cpu++) for (let r = 0; r < 9; r++) pathOf(table, cpu, r);
  }));
});
