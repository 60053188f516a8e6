/**
 * The line of /proc/PID/stat.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText } from "../../../src/collect/fields.ts";
import { ProcessStat } from "../../../src/collect/process_stat.ts";
import { statLine } from "../../support/collect/processes.ts";

const encoder = new TextEncoder();

function parse(stat: ProcessStat, text: string): { comm: string } | null {
  const bytes = encoder.encode(text);
  // What is behind the line is left of another, longer one.
  const buffer = new Uint8Array(bytes.length + 100).fill(41);
  buffer.set(bytes);
  if (!stat.parse(buffer, bytes.length)) return null;
  return { comm: decodeText(buffer, stat.comm_from, stat.comm_to) };
}

Deno.test("stat: every field is found, whatever the command is called", () => {
  const stat = new ProcessStat();
  const comm = fc.oneof(
    fc.stringMatching(/^[ ()A-Z0-9:/-]{0,20}$/),
    fc.constantFrom(") R 1 (", "((", "))", "a) S 0 0", "tmux: server", "", "ünïcode"),
  );
  const number = fc.nat();
  const values = fc.record({
    pid: number,
    state: fc.constantFrom("R", "S", "D", "Z", "T", "t", "X", "I"),
    ppid: number,
    user: number,
    system: number,
    threads: number,
    start: number,
    rss: number,
  });
  fc.assert(fc.property(comm, values, (comm, of) => {
    const found = parse(stat, statLine({ comm, ...of }));
    assert.deepEqual(found, { comm });
    assert.equal(String.fromCharCode(stat.state), of.state);
    assert.equal(stat.ppid, of.ppid);
    assert.equal(stat.ticks, of.user + of.system);
    assert.equal(stat.threads, of.threads);
    assert.equal(stat.start_ticks, of.start);
    assert.equal(stat.rss_pages, of.rss);
  }));
});

Deno.test("stat: a line that is cut short is refused wherever it was cut", () => {
  const line = statLine({ pid: 1, comm: "a b", rss: 12345 });
  const end = line.indexOf(" 12345") + 1;
  for (let length = 0; length < end; length++) {
    assert.equal(parse(new ProcessStat(), line.slice(0, length)), null, line.slice(0, length));
  }
  assert.ok(parse(new ProcessStat(), line) !== null);
});

Deno.test("stat: any bytes are refused or parsed, never more than that", () => {
  const stat = new ProcessStat();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    if (stat.parse(bytes, bytes.length)) assert.ok(stat.comm_to <= bytes.length);
  }));
});
