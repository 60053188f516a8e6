/**
 * The text of /proc/fs/cifs/Stats of two kernels.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCifsStats } from "../../../src/collect/smb_stats.ts";

const FIXTURES = new URL("../../fixtures/proc/", import.meta.url).pathname;
const read = (name: string) => Deno.readTextFileSync(`${FIXTURES}${name}`);

for (const kernel of ["6.1", "6.12"]) {
  Deno.test(`stats: totals and shares of ${kernel}`, () => {
    const stats = parseCifsStats(read(`${kernel}/Stats`));
    assert.equal(stats.sessions, 3);
    assert.equal(stats.shares, 7);
    assert.equal(stats.in_flight, 0);
    assert.equal(stats.session_reconnects, 0);
    assert.equal(stats.vfs_operations, kernel === "6.1" ? 38 : 39);
    assert.deepEqual(stats.share_counts.map(({ share }) => share), [
      "//localhost/s",
      "//127.0.0.1/s",
      "//127.0.0.1/my share",
      "//127.0.0.1/s",
    ]);
    const last = stats.share_counts[3];
    assert.equal(last.requests, kernel === "6.1" ? 39 : 43);
    assert.equal(last.write_bytes, 8);
    assert.equal(last.open_files, 3);
    assert.equal(last.failed, 1);
    assert.equal(last.disconnected, false);
  });
}

Deno.test("stats: commands are summed over servers, their times are ms", () => {
  const { commands } = parseCifsStats(read("6.1/Stats"));
  const create = commands?.find(({ command }) => command === 5);
  // 4, 5 and 16 of them in 4 + 9 + 31 ticks of 4 ms.
  assert.deepEqual(create, {
    command: 5,
    count: 25,
    total_ms: 176,
    fastest_ms: 0,
    slowest_ms: 32,
  });
  assert.ok(!commands?.some(({ command }) => command === 2), "LOGOFF was never used");
});

Deno.test("stats: a client without mounts; a kernel without times", () => {
  for (const kernel of ["6.1", "6.12"]) {
    const stats = parseCifsStats(read(`${kernel}/Stats.empty`));
    assert.equal(stats.sessions, 0);
    assert.equal(stats.commands, null);
    assert.deepEqual(stats.share_counts, []);
  }
  const without = read("6.1/Stats").split("\n").filter((line) =>
    !/^ {2}|^Total time spent/.test(line)
  ).join("\n");
  assert.equal(parseCifsStats(without).commands, null);
  assert.equal(parseCifsStats(without).share_counts.length, 4);
});

Deno.test("stats: a share to be connected again; reconnects; counts beyond 2^31", () => {
  const stats = parseCifsStats(
    "Resources in use\nCIFS Session: 1\n\n3 session 5 share reconnects\n" +
      "Total vfs operations: -2147483648 maximum at one time: 3\n\n" +
      "1) \\\\srv\\data\tDISCONNECTED \nSMBs: -1\nBytes read: 5  Bytes written: 6\n" +
      "Reads: 3 total 2 failed\nOplockBreaks: 1 sent 1 failed\n",
  );
  assert.equal(stats.session_reconnects, 3);
  assert.equal(stats.share_reconnects, 5);
  assert.equal(stats.vfs_operations, 2 ** 31);
  const [share] = stats.share_counts;
  assert.equal(share.share, "//srv/data");
  assert.equal(share.disconnected, true);
  assert.equal(share.requests, 2 ** 32 - 1);
  assert.equal(share.failed, 3);
  assert.equal(share.read_bytes, 5);
});

Deno.test("stats: text that was changed anywhere is parsed or passed over", () => {
  const text = read("6.12/Stats");
  const change = fc.record({
    at: fc.nat(text.length - 1),
    drop: fc.nat(200),
    put: fc.string({ maxLength: 30 }),
  });
  fc.assert(fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
    let changed = text;
    for (const { at, drop, put } of changes) {
      changed = changed.slice(0, at) + put + changed.slice(at + drop);
    }
    const { commands, share_counts, ...totals } = parseCifsStats(changed);
    for (const value of Object.values(totals)) assert.ok(value >= 0);
    for (const { count, total_ms } of commands ?? []) assert.ok(count >= 0 && total_ms >= 0);
    for (const { share } of share_counts) assert.ok(share.startsWith("//"));
  }));
});
