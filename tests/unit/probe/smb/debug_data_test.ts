/** DebugData as kernels 6.1 and 6.12 print it (recorded), and as nobody should. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type CifsServer, parseDebugData } from "../../../../src/probe/smb/debug_data.ts";

function sample(kernel: string, name: string): string {
  const url = new URL(`../../../fixtures/proc/${kernel}/${name}`, import.meta.url);
  return Deno.readTextFileSync(url);
}

function outline(servers: CifsServer[]) {
  return servers.map((s) => ({
    host: s.hostname,
    dialect: s.dialect,
    shares: s.sessions.flatMap((x) => x.shares.map((h) => h.unc)),
    trees: s.sessions.flatMap((x) => x.shares.map((h) => h.tree_id !== null)),
  }));
}

for (const kernel of ["6.1", "6.12"]) {
  Deno.test(`${kernel}: servers, sessions, shares`, () => {
    const servers = parseDebugData(sample(kernel, "DebugData"));
    assert.deepEqual(outline(servers), [
      {
        host: "localhost",
        dialect: 0x210,
        shares: ["\\\\localhost\\IPC$", "\\\\localhost\\s"],
        trees: [false, false],
      },
      {
        host: "127.0.0.1",
        dialect: 0x300,
        shares: ["\\\\127.0.0.1\\IPC$", "\\\\127.0.0.1\\s"],
        trees: [true, true],
      },
      {
        host: "127.0.0.1",
        dialect: 0x311,
        shares: ["\\\\127.0.0.1\\IPC$", "\\\\127.0.0.1\\my share", "\\\\127.0.0.1\\s"],
        trees: [true, true, true],
      },
    ]);
    assert.deepEqual(servers.map((s) => s.connection_id), [3n, 2n, 1n]);
    assert.deepEqual(servers.map((s) => s.instance), [1, 1, 1]);
    assert.ok(servers.every((s) => s.credits > 300 && s.on_wire === 0 && s.pending.length === 0));
    assert.deepEqual(servers[2].sessions[0].shares.map((s) => s.ipc), [true, false, false]);
  });

  Deno.test(`${kernel}: requests in flight at a stopped server`, () => {
    const servers = parseDebugData(sample(kernel, "DebugData.hung"));
    const second = servers[1];
    // open, query, close: one compound of the thread that lists a directory
    assert.deepEqual(second.pending.map((p) => [p.command, p.state, p.connection_id]), [
      [5, 2, 2n],
      [16, 2, 2n],
      [6, 2, 2n],
    ]);
    assert.deepEqual(second.pending.map((p) => p.message_id), [26n, 27n, 28n]);
    assert.ok(servers[2].on_wire >= 2);
  });

  Deno.test(`${kernel}: nothing mounted`, () => {
    assert.deepEqual(parseDebugData(sample(kernel, "DebugData.empty")), []);
  });
}

Deno.test("ids in the recorded text", () => {
  const [, , third] = parseDebugData(sample("6.1", "DebugData"));
  assert.equal(third.sessions[0].session_id, 0xd1a7e934n);
  assert.deepEqual(third.sessions[0].shares.map((s) => s.tree_id), [
    0xeec0e4d4,
    0xbc727345,
    0x2595ceb8,
  ]);
});

Deno.test("what these samples do not have: channels, 64-bit ids, types, disconnected shares", () => {
  const text = [
    "1) ConnectionId: 0xffffffffffffffff Hostname: files.example ",
    "Number of credits: 5,1,1 Dialect 0x311 signed posix",
    "TCP status: 4 Instance: 3",
    "Local Users To Server: 1 SecMode: 0x3 Req On Wire: 17 Net namespace: 1 ",
    "In Send: 0 In MaxReq Wait: 4",
    "\tSessions: ",
    "\t1) Address: 192.0.2.7 Uses: 1 Capability: 0x300047\tSession Status: 1 ",
    "\tSecurity type: Kerberos  SessionId: 0xfedcba9876543210 encrypted signed",
    "\tExtra Channels: 2 ",
    "\t\tChannel: 2 ConnectionId: 0x4",
    "\t\tNumber of credits: 9 Dialect 0x311",
    "\t\tChannel: 3 ConnectionId: 0x5\tDISCONNECTED ",
    "\tShares: ",
    "\t0) IPC: none",
    "\t1) \\\\files.example\\a Mounts: 3 b Mounts: 2 Type: NTFS DevInfo: 0x20 Attributes: 0x1",
    "\tPathComponentMax: 255 Status: 1 type: DISK Serial Number: 0x6f564ff3",
    "\ttid: 0xffffffff\tMaximal Access: 0x1f01ff\tDISCONNECTED ",
    "\tServer interfaces: 1\tLast updated: 5 seconds ago",
    "\t1)\tSpeed: 1000000000 bps",
  ].join("\n");
  const [server] = parseDebugData(text);
  assert.equal(server.connection_id, 2n ** 64n - 1n);
  assert.equal(server.credits, 5);
  assert.equal(server.instance, 3);
  assert.equal(server.on_wire, 17);
  assert.equal(server.waiting, 4);
  assert.equal(server.sessions.length, 1);
  const [session] = server.sessions;
  assert.equal(session.session_id, 0xfedcba9876543210n);
  assert.deepEqual(session.channels, [4n, 5n]);
  assert.deepEqual(session.shares, [{
    unc: "\\\\files.example\\a Mounts: 3 b",
    tree_id: 0xffffffff,
    ipc: false,
    disconnected: true,
  }]);
});

Deno.test("any text is parsed without an error, to numbers that fit", () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...sample("6.1", "DebugData.hung").split("\n"),
      ...sample("6.12", "DebugData").split("\n"),
    ),
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.nat().map((n) => `\ttid: 0x${n.toString(16)}`),
    fc.bigInt({ min: 0n, max: 2n ** 80n }).map((n) => `${n}) ConnectionId: 0x${n.toString(16)} `),
  );
  const cut = fc.tuple(line, fc.nat(80)).map(([text, length]) => text.slice(0, length));
  fc.assert(
    fc.property(fc.array(fc.oneof(line, cut), { maxLength: 60 }), (lines) => {
      for (const server of parseDebugData(lines.join("\n"))) {
        assert.ok(server.connection_id < 2n ** 64n);
        assert.ok(Number.isSafeInteger(server.credits));
        for (const { shares } of server.sessions) {
          for (const { tree_id } of shares) {
            assert.ok(tree_id === null || tree_id <= 0xffffffff);
          }
        }
      }
    }),
    { numRuns: 500, seed: 3 },
  );
});
