/**
 * Lines of the live tools: columns, statuses, and names that try to break them.
 * @module
 */
import assert from "node:assert/strict";
import { heading, requestLine } from "../../../../src/cli/live/text.ts";
import { SMB_FLAG, SMB_TYPE } from "../../../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../../../src/probe/smb/request.ts";

const NAMES = {
  server: (id: bigint) => id === 7n ? "fs1" : "",
  share: (session: bigint, tree: number) => session === 5n && tree === 3 ? "\\\\fs1\\data" : "",
};

function request(changes: Partial<SmbRequest>): SmbRequest {
  return {
    type: SMB_TYPE.REQUEST,
    command: 8,
    flags: SMB_FLAG.TREE_VALID | SMB_FLAG.STATUS_VALID,
    end_ns: 2_500_000_000n,
    latency_ns: 1_234_567n,
    session_id: 5n,
    message_id: 9n,
    connection_id: 7n,
    cgroup_id: 1n,
    request_id: 1n,
    tree_id: 3,
    status: 0,
    error: 0,
    bytes: 0,
    queue_us: 0,
    wire_us: 0,
    wake_us: 0,
    pid: 42,
    tid: 43,
    uid: 0,
    comm: "dd",
    name: "dir/file",
    ...changes,
  };
}

function cells(changes: Partial<SmbRequest>): string[] {
  return requestLine(request(changes), NAMES, 0n, null).split("\t");
}

Deno.test("in a pipe: the same columns as the heading, between tabs, times in UTC", () => {
  const titles = heading(null).split("\t");
  assert.equal(titles.length, 10);
  assert.deepEqual(cells({}), [
    "1970-01-01T00:00:02.500000000Z",
    "42",
    "dd",
    "SMB2_READ",
    "1.235",
    "fs1",
    "\\\\fs1\\data",
    "dir/file",
    "STATUS_SUCCESS",
    "-",
  ]);
});

Deno.test("status: in flight, no response, a failure, a connection event", () => {
  assert.equal(cells({ flags: SMB_FLAG.IN_FLIGHT })[8], "IN_FLIGHT");
  assert.equal(cells({ flags: SMB_FLAG.DROPPED })[8], "NO_RESPONSE");
  assert.deepEqual(cells({ status: 0xC0000022, error: -13 }).slice(8), [
    "STATUS_ACCESS_DENIED",
    "EACCES",
  ]);
  const event = cells({ type: SMB_TYPE.OP_ERROR, flags: 0, error: -112 });
  assert.deepEqual([event[3], event[6], event[8], event[9]], ["OP_ERROR", "-", "-", "EHOSTDOWN"]);
});

Deno.test("a tree id that is none has no share", () => {
  assert.equal(cells({ flags: SMB_FLAG.STATUS_VALID })[6], "-");
});

Deno.test("control and format characters in names become question marks", () => {
  const row = cells({ comm: "a\tb\n", name: "\x1b[2J\u202Eevil\u2028" });
  assert.equal(row[2], "a?b?");
  assert.equal(row[7], "?[2J?evil?");
});

Deno.test("on a terminal: aligned with the heading, long names cut", () => {
  const title = heading(200);
  const line = requestLine(
    request({ comm: "x".repeat(15), name: "n".repeat(60) }),
    NAMES,
    0n,
    200,
  );
  assert.equal(line.indexOf("SMB2_READ"), title.indexOf("COMMAND"));
  assert.equal(line.indexOf("STATUS_SUCCESS"), title.indexOf("STATUS"));
  assert.ok(line.includes(`${"n".repeat(23)}…`));
  assert.ok(line.startsWith("00:00:02.500"));
});

Deno.test("on a narrow terminal: no line is wider, command, latency and status stay", () => {
  const long = request({ comm: "x".repeat(15), name: "n".repeat(60), status: 0xC0000022 });
  for (const width of [80, 100, 120, 140]) {
    assert.ok(heading(width).length <= width);
    const line = requestLine(long, NAMES, 0n, width);
    assert.ok(line.length <= width, line);
    assert.match(line, / READ +1\.235 .*ACCESS_DENIED/);
    assert.equal(line.indexOf("READ"), heading(width).indexOf("COMMAND"));
  }
});
