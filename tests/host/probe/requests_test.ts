/**
 * Requests from start to end in the kernel, without cifs: the probe's own programs, run with the
 * arguments that the tracepoints would pass. What raw mode has to tell apart, and the ledger.
 * @module
 */
import assert from "node:assert/strict";
import { SMB_FLAG, SMB_REQUEST_BYTES } from "../../../src/probe/smb/layout.gen.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

const [NEGOTIATE, SETUP, CREATE, READ, ECHO, NOTIFY] = [0, 1, 5, 8, 13, 15];
const MORE_PROCESSING = 0xc0000016;
const EIO = 5;

/** Every request is shown; what is seen goes somewhere. */
function ledger(programs: SmbPrograms): void {
  const c = programs.counters();
  assert.equal(c.SEEN, c.EMITTED + c.FILTERED + c.DROP_RING_FULL + c.NO_START);
}

Deno.test("a request carries its issuer and its ids, whole", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.enter(CREATE, 0xffff_ffff_ffff_fffen, 0x8000_0000_0000_0001n, 0xdeadbeef);
  programs.done(CREATE, 0xffff_ffff_ffff_fffen, 0x8000_0000_0000_0001n);
  const [request] = programs.records();
  assert.equal(request.message_id, 0xffff_ffff_ffff_fffen);
  assert.equal(request.session_id, 0x8000_0000_0000_0001n);
  assert.equal(request.tree_id, 0xdeadbeef);
  assert.equal(request.pid, Deno.pid);
  assert.equal(request.uid, Deno.uid());
  assert.equal(request.request_id, 1n);
  assert.ok(request.latency_ns > 0n && request.comm.length > 0);
  const { TREE_VALID, STATUS_VALID, SLOW, RAW_MODE } = SMB_FLAG;
  assert.equal(request.flags, TREE_VALID | STATUS_VALID | SLOW | RAW_MODE);
  ledger(programs);
});

Deno.test("the first SESSION_SETUP enters with session id 0 and is answered with the new one", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.enter(SETUP, 1n, 0n, 0);
  programs.err(SETUP, 1n, MORE_PROCESSING, -EIO, 0x99n);
  const [request] = programs.records();
  assert.equal(request.session_id, 0x99n);
  assert.equal(request.flags & SMB_FLAG.TREE_VALID, 0);
  assert.equal(programs.counters().NO_START, 0);
});

Deno.test("a second done for the same request is no second request", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.enter(READ, 5n);
  programs.done(READ, 5n);
  programs.done(READ, 5n);
  programs.err(READ, 5n, 0xc0000185, -EIO);
  assert.equal(programs.records().length, 1);
  const { DUPLICATE, NO_START, SEEN } = programs.counters();
  assert.deepEqual({ DUPLICATE, NO_START, SEEN }, { DUPLICATE: 2, NO_START: 0, SEEN: 1 });
  assert.equal(programs.control("ended"), 1);
});

Deno.test("an end of what began before the probe is counted, not invented", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.done(READ, 77n);
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().NO_START, 1);
  ledger(programs);
});

Deno.test("ids that repeat on another connection do not end another command", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.enter(NEGOTIATE, 0n, 0n, 0);
  programs.done(SETUP, 0n, 0n);
  assert.deepEqual(programs.records(), []);
  programs.done(NEGOTIATE, 0n, 0n);
  assert.equal(programs.records().length, 1);
});

Deno.test("ECHO has no end in raw mode and is not followed", () => {
  using programs = new SmbPrograms();
  programs.enter(ECHO, 3n, 0n, 0);
  assert.equal(programs.control("started"), 0);
});

Deno.test("a full in-flight map loses the request by name, and the ledger stays exact", () => {
  using programs = new SmbPrograms({ max_in_flight: 2 });
  programs.setRules({ threshold_ns: 0n });
  for (let id = 1n; id <= 4n; id++) programs.enter(READ, id);
  for (let id = 1n; id <= 4n; id++) programs.done(READ, id);
  const c = programs.counters();
  assert.ok(c.INFLIGHT_FULL >= 1);
  assert.equal(c.NO_START, c.INFLIGHT_FULL);
  assert.equal(c.SEEN, 4);
  assert.equal(programs.records().length, 4 - c.INFLIGHT_FULL);
  assert.equal(programs.control("started"), programs.control("ended"));
  ledger(programs);
});

Deno.test("a full ring loses records by name; nobody is blocked, the recorder has them all", () => {
  using programs = new SmbPrograms({ ring_bytes: 4096, recorder_slots: 128 });
  programs.setRules({ threshold_ns: 0n });
  for (let id = 1n; id <= 100n; id++) {
    programs.enter(READ, id);
    programs.done(READ, id);
  }
  const c = programs.counters();
  assert.equal(c.EMITTED, programs.records().length);
  assert.equal(c.DROP_RING_FULL, 100 - c.EMITTED);
  assert.ok(c.DROP_RING_FULL > 0);
  assert.equal(c.RECORDED, 100);
  ledger(programs);
});

Deno.test("what is fast goes to the recorder alone, which overwrites its oldest", () => {
  using programs = new SmbPrograms({ recorder_slots: 4 });
  for (let id = 1n; id <= 6n; id++) {
    programs.enter(CREATE, id);
    programs.done(CREATE, id);
  }
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().FILTERED, 6);
  assert.equal(programs.control("recorder_next"), 6);
  const sequences = [0, 1, 2, 3].map((slot) =>
    new DataView(programs.slot(slot).buffer).getBigUint64(0, true)
  );
  // Twice the ticket plus 2, tickets from 0: slots 0 and 1 have been used twice.
  assert.deepEqual(sequences, [10n, 12n, 6n, 8n]);
});

Deno.test("used ring memory does not show through", () => {
  using programs = new SmbPrograms({ ring_bytes: 4096, emit_names: true });
  programs.setRules({ threshold_ns: 0n, events: 0xff });
  for (let id = 1n; id <= 200n; id++) {
    programs.enter(CREATE, id, ~0n, -1);
    programs.err(CREATE, id, 0xffffffff, -1, ~0n);
    programs.rawRecords();
  }
  programs.run("any_exit_err", 1, 0, -112);
  const [bytes] = programs.rawRecords();
  const used = (at: number) =>
    at < 2 || (at >= 4 && at < 16) || (at >= 48 && at < 56) || (at >= 72 && at < 76) || at >= 92;
  const dirty = [...bytes].flatMap((byte, at) => byte !== 0 && !used(at) ? [at] : []);
  assert.deepEqual(dirty, []);
  const comm = bytes.subarray(104, SMB_REQUEST_BYTES);
  assert.ok(comm.subarray(comm.indexOf(0)).every((byte) => byte === 0));
  assert.ok(bytes.subarray(SMB_REQUEST_BYTES).every((byte) => byte === 0));
});

Deno.test("the agent's own requests are recorded, never reported", () => {
  using programs = new SmbPrograms({ leave_out_self: true });
  programs.setRules({ threshold_ns: 0n, emergency_ns: 0n, error_mode: "ALL", events: 0xff });
  programs.run("any_exit_err", 1, 0, -112);
  programs.enter(READ, 1n);
  programs.scan();
  programs.err(READ, 1n, 0xc0000185, -EIO);
  assert.deepEqual(programs.records(), []);
  const { RECORDED, FILTERED, SEEN } = programs.counters();
  assert.deepEqual({ RECORDED, FILTERED, SEEN }, { RECORDED: 1, FILTERED: 2, SEEN: 2 });
});

Deno.test("a hang is reported once while it lasts, and its end says so", () => {
  using programs = new SmbPrograms();
  programs.setRules({ emergency_ns: 0n });
  programs.enter(READ, 9n);
  programs.enter(NOTIFY, 10n);
  programs.scan();
  programs.scan();
  const [report, ...more] = programs.records();
  assert.deepEqual(more, []);
  assert.equal(report.message_id, 9n);
  assert.ok(report.flags & SMB_FLAG.IN_FLIGHT && report.flags & SMB_FLAG.EMERGENCY);
  assert.equal(report.flags & SMB_FLAG.STATUS_VALID, 0);
  programs.setRules({});
  programs.done(READ, 9n);
  const [end] = programs.records();
  assert.equal(end.request_id, report.request_id);
  assert.ok(end.flags & SMB_FLAG.WAS_REPORTED);
  assert.equal(end.flags & (SMB_FLAG.IN_FLIGHT | SMB_FLAG.EMERGENCY), 0);
  assert.ok(end.latency_ns > report.latency_ns);
  ledger(programs);
});

Deno.test("a scan tells when the next one has something to do", () => {
  const HOUR_MS = 3_600_000;
  const NEVER_MS = 2 ** 31 - 1;
  using programs = new SmbPrograms();
  assert.equal(programs.scan(), NEVER_MS, "nothing is in flight");
  programs.setRules({ emergency_ns: BigInt(HOUR_MS) * 1_000_000n });
  programs.enter(NOTIFY, 1n);
  assert.equal(programs.scan(), NEVER_MS, "what waits by design");
  programs.enter(READ, 2n);
  const first = programs.scan();
  assert.ok(first > HOUR_MS - 60_000 && first <= HOUR_MS, String(first));
  programs.enter(READ, 3n);
  const again = programs.scan();
  assert.ok(again <= first, "the oldest is the first");
  programs.setRules({});
  assert.equal(programs.scan(), NEVER_MS, "no emergency is configured");
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  assert.equal(programs.records().length, 2);
  assert.equal(programs.scan(), NEVER_MS, "what has been reported");
});

Deno.test("raw mode: a request whose thread has gone on is no hang", () => {
  using programs = new SmbPrograms();
  // The tail of a failed compound: no end is ever traced.
  programs.enter(CREATE, 1n);
  programs.enter(16, 2n);
  programs.err(CREATE, 1n, 0xc0000034, -2);
  programs.enter(CREATE, 3n);
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  const reports = programs.records();
  assert.deepEqual(reports.map((r) => r.message_id), [3n]);
  assert.equal(programs.counters().STALE, 1);
  assert.equal(programs.control("started") - programs.control("ended"), 1);
});

Deno.test("raw mode: what was in flight at a reconnect is over", () => {
  using programs = new SmbPrograms();
  programs.enter(READ, 1n);
  programs.run("any_reconnect", 1, 1, 0);
  programs.enter(READ, 2n);
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  assert.deepEqual(programs.records().map((r) => r.message_id), [2n]);
});

Deno.test("raw mode: a request reported as hung is not kept for ever when its end is never seen", () => {
  using programs = new SmbPrograms();
  programs.setRules({ emergency_ns: 0n });
  programs.enter(READ, 1n);
  programs.scan();
  assert.equal(programs.records().length, 1);
  programs.run("any_reconnect", 1, 1, 0);
  programs.scan();
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().STALE, 1);
  assert.equal(programs.control("started"), programs.control("ended"));
});

Deno.test("a report of a hang that found the ring full comes with a later scan", () => {
  using programs = new SmbPrograms({ ring_bytes: 4096 });
  programs.enter(READ, 1000n);
  programs.setRules({ threshold_ns: 0n });
  for (let id = 1n; id <= 40n; id++) {
    programs.enter(CREATE, id);
    programs.done(CREATE, id);
  }
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  programs.records().forEach((r) => assert.equal(r.flags & SMB_FLAG.IN_FLIGHT, 0));
  programs.scan();
  programs.scan();
  assert.deepEqual(programs.records().map((r) => r.message_id), [1000n]);
  ledger(programs);
});

Deno.test("raw mode: the tail of a failed compound is no hang, also when its thread rests or goes on", () => {
  for (const goesOn of [false, true]) {
    using programs = new SmbPrograms();
    programs.enter(CREATE, 1n);
    programs.enter(16, 2n);
    programs.err(CREATE, 1n, 0xc0000034, -2);
    if (goesOn) {
      programs.enter(CREATE, 3n);
      programs.done(CREATE, 3n);
    }
    programs.setRules({ emergency_ns: 0n });
    programs.scan();
    assert.deepEqual(programs.records(), [], `goesOn: ${goesOn}`);
    assert.equal(programs.control("started"), programs.control("ended"));
  }
});

Deno.test("raw mode: what a thread had passed stays passed when it ends something else", () => {
  using programs = new SmbPrograms();
  programs.enter(CREATE, 1n);
  programs.enter(16, 2n);
  programs.done(16, 2n);
  programs.enter(CREATE, 3n); // the first one is over: its thread starts another
  programs.done(CREATE, 3n);
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().STALE, 1);
});

Deno.test("raw mode: the first request of a thread that exits is over", () => {
  using programs = new SmbPrograms();
  programs.enter(CREATE, 1n);
  programs.run("rt_exit");
  programs.setRules({ emergency_ns: 0n });
  programs.scan();
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().STALE, 1);
});

Deno.test("a start whose ids are still in flight ends what it overwrites, by name", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n });
  programs.enter(NEGOTIATE, 0n, 0n, 0);
  programs.enter(NEGOTIATE, 0n, 0n, 0);
  programs.done(NEGOTIATE, 0n, 0n);
  assert.deepEqual(programs.records().map((r) => r.request_id), [2n]);
  assert.equal(programs.counters().STALE, 1);
  assert.equal(programs.control("started"), programs.control("ended"));
  ledger(programs);
});
