/**
 * Records of the tracers' rings as events: any values come back, and no bytes make a decoder throw.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { blockDecoder, blockOperation } from "../../../../src/probe/block_io/decode.ts";
import { DeviceNames, deviceNumber } from "../../../../src/probe/block_io/devices.ts";
import {
  BLOCK_EVENT_BYTES,
  BLOCK_EVENT_OFFSET,
  BLOCK_REASON,
} from "../../../../src/probe/block_io/layout.gen.ts";
import { decodeExecEvent, exitStatus } from "../../../../src/probe/exec_monitor/decode.ts";
import {
  EXEC_EVENT_BYTES,
  EXEC_EVENT_OFFSET,
  EXEC_FLAG,
  EXEC_TYPE,
} from "../../../../src/probe/exec_monitor/layout.gen.ts";
import { syscallKinds } from "../../../../src/probe/syscall_tracer/config.ts";
import { syscallDecoder } from "../../../../src/probe/syscall_tracer/decode.ts";
import {
  SYS_EVENT_BYTES,
  SYS_EVENT_OFFSET,
  SYS_KIND,
  SYS_REASON,
} from "../../../../src/probe/syscall_tracer/layout.gen.ts";
import {
  FORKING_CALLS,
  syscallName,
  syscallNames,
  WAITING_CALLS,
} from "../../../../src/probe/syscall_tracer/names.ts";
import { limitNs } from "../../../../src/probe/tracer/limit.ts";

const seconds = (ns: bigint) => Number(ns) / 1e9;
const NAMES = syscallNames("x86_64");
const u32 = fc.nat(0xffff_ffff);
const ns = fc.bigInt({ min: 0n, max: 1n << 50n });
const comm = fc.string({ unit: "grapheme-ascii", maxLength: 15 }).filter((s) => !s.includes("\0"));

function put(bytes: Uint8Array, at: number, text: string): void {
  bytes.set(new TextEncoder().encode(text), at);
}

Deno.test("a syscall's record comes back as the event that the API shows", () => {
  const decode = syscallDecoder(NAMES);
  fc.assert(
    fc.property(fc.nat(511), ns, ns, u32, u32, comm, (nr, start, latency, pid, tid, name) => {
      const bytes = new Uint8Array(SYS_EVENT_BYTES + 8);
      const view = new DataView(bytes.buffer);
      const at = 8;
      view.setUint32(at + SYS_EVENT_OFFSET.nr, nr, true);
      view.setBigUint64(at + SYS_EVENT_OFFSET.start_ns, start, true);
      view.setBigUint64(at + SYS_EVENT_OFFSET.latency_ns, latency, true);
      view.setBigInt64(at + SYS_EVENT_OFFSET.result, -11n, true);
      view.setUint32(at + SYS_EVENT_OFFSET.tgid, pid, true);
      view.setUint32(at + SYS_EVENT_OFFSET.tid, tid, true);
      view.setUint32(at + SYS_EVENT_OFFSET.reason, SYS_REASON.SLOW, true);
      put(bytes, at + SYS_EVENT_OFFSET.comm, name);
      assert.deepEqual(decode(view, at, SYS_EVENT_BYTES, seconds), {
        event_type: "syscall",
        timestamp: seconds(start + latency),
        pid,
        comm: name,
        data: {
          syscall_nr: nr,
          syscall_name: syscallName(NAMES, nr),
          latency_ns: Number(latency),
          latency_us: Number(latency) / 1000,
          result: -11,
          tid,
          slow: true,
          sampled: false,
          early_start: false,
        },
      });
    }),
  );
});

Deno.test("an exec's name and arguments come back", () => {
  const argument = fc.string({ unit: "grapheme", maxLength: 20 })
    .filter((s) => !s.includes("\0") && s.isWellFormed());
  fc.assert(fc.property(argument, fc.array(argument, { maxLength: 8 }), (filename, argv) => {
    const name = new TextEncoder().encode(filename);
    const list = new TextEncoder().encode(argv.map((text) => `${text}\0`).join(""));
    const bytes = new Uint8Array(EXEC_EVENT_BYTES + name.length + list.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(EXEC_EVENT_OFFSET.type, EXEC_TYPE.EXEC, true);
    view.setUint16(EXEC_EVENT_OFFSET.name_bytes, name.length, true);
    view.setUint16(EXEC_EVENT_OFFSET.argv_bytes, list.length, true);
    view.setUint16(EXEC_EVENT_OFFSET.flags, EXEC_FLAG.ARGV_CUT, true);
    bytes.set(name, EXEC_EVENT_BYTES);
    bytes.set(list, EXEC_EVENT_BYTES + name.length);
    const event = decodeExecEvent(view, 0, bytes.length, seconds);
    assert.equal(event?.event_type, "exec");
    assert.deepEqual(event?.data.argv, argv);
    assert.equal(event?.data.filename, filename);
    assert.deepEqual([event?.data.filename_cut, event?.data.argv_cut], [false, true]);
    assert.equal(decodeExecEvent(view, 0, bytes.length - 1, seconds), null);
  }));
});

Deno.test("no bytes make a decoder throw", () => {
  const decoders = [syscallDecoder(NAMES), decodeExecEvent, blockDecoder(deviceNumber)];
  const anyBytes = fc.uint8Array({ maxLength: 200, size: "max" });
  fc.assert(fc.property(anyBytes, fc.constantFrom(...Object.values(EXEC_TYPE)), (bytes, type) => {
    // A type that there is, so that the exec monitor's decoder goes on.
    if (bytes.length > EXEC_EVENT_OFFSET.type) bytes[EXEC_EVENT_OFFSET.type] = type;
    bytes.fill(0, EXEC_EVENT_OFFSET.type + 1, EXEC_EVENT_OFFSET.type + 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const decode of decoders) {
      const event = decode(view, 0, bytes.length, seconds);
      assert.ok(event === null || typeof event.event_type === "string");
    }
  }));
});

Deno.test("a request's record comes back", () => {
  const bytes = new Uint8Array(BLOCK_EVENT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(BLOCK_EVENT_OFFSET.start_ns, 5_000_000_000n, true);
  view.setBigUint64(BLOCK_EVENT_OFFSET.latency_ns, 20_500_000n, true);
  view.setBigUint64(BLOCK_EVENT_OFFSET.sector, 8n, true);
  view.setUint32(BLOCK_EVENT_OFFSET.device, 254 << 20 | 1, true);
  view.setUint32(BLOCK_EVENT_OFFSET.bytes, 4096, true);
  view.setUint32(BLOCK_EVENT_OFFSET.tgid, 12, true);
  view.setUint8(BLOCK_EVENT_OFFSET.op, 1);
  view.setUint8(BLOCK_EVENT_OFFSET.reason, BLOCK_REASON.SLOW | BLOCK_REASON.FAILED);
  view.setUint32(BLOCK_EVENT_OFFSET.status, 10, true);
  put(bytes, BLOCK_EVENT_OFFSET.comm, "postgres");
  const event = blockDecoder(() => "vda1")(view, 0, bytes.length, seconds);
  assert.deepEqual(event, {
    event_type: "block_io",
    timestamp: 5.0205,
    pid: 12,
    comm: "postgres",
    data: {
      device: "vda1",
      device_number: "254:1",
      operation: "write",
      sector: 8,
      bytes: 4096,
      latency_ns: 20_500_000,
      latency_us: 20_500,
      status: 10,
      tid: 0,
      slow: true,
      failed: true,
      sampled: false,
    },
  });
  assert.equal(blockOperation(200), "other");
});

Deno.test("a status is told as wait(2) has it", () => {
  assert.deepEqual(exitStatus(3 << 8), { exit_code: 3, signal: null, core_dumped: false });
  assert.deepEqual(exitStatus(9), { exit_code: null, signal: 9, core_dumped: false });
  assert.deepEqual(exitStatus(11 | 0x80), { exit_code: null, signal: 11, core_dumped: true });
});

Deno.test("syscalls have their names on both machines", () => {
  const arm = syscallNames("aarch64");
  const of = (names: typeof arm, numbers: number[]) => numbers.map((n) => syscallName(names, n));
  assert.deepEqual(of(NAMES, [0, 1, 39, 202, 257, 437]), [
    ...["read", "write", "getpid", "futex", "openat", "openat2"],
  ]);
  assert.deepEqual(of(arm, [63, 64, 172, 98, 56, 437]), [
    ...["read", "write", "getpid", "futex", "openat", "openat2"],
  ]);
  assert.equal(syscallName(NAMES, 510), "syscall_510");
  for (const names of [NAMES, arm]) {
    assert.equal(new Set(names.values()).size, names.size);
    assert.ok([...names.keys()].every((number) => number < 512));
  }
});

Deno.test("waiting and forking calls are marked, no others", () => {
  for (const machine of ["x86_64", "aarch64"] as const) {
    const kinds = syscallKinds(machine);
    for (const [number, name] of syscallNames(machine)) {
      assert.equal((kinds[number] & SYS_KIND.WAITS) !== 0, WAITING_CALLS.includes(name), name);
      assert.equal((kinds[number] & SYS_KIND.FORKS) !== 0, FORKING_CALLS.includes(name), name);
    }
  }
  const known = new Set(NAMES.values());
  assert.deepEqual([...WAITING_CALLS, ...FORKING_CALLS].filter((name) => !known.has(name)), []);
});

Deno.test("a limit that there is not is never reached", () => {
  assert.equal(limitNs(10), 10_000_000n);
  assert.equal(limitNs(0.001), 1000n);
  assert.equal(limitNs(Infinity), 2n ** 64n - 1n);
});

Deno.test("devices are named by sysfs, once, and by number where it has none", () => {
  const sys = Deno.makeTempDirSync({ prefix: "aod-sys-" });
  try {
    Deno.mkdirSync(`${sys}/dev/block/8:1`, { recursive: true });
    Deno.writeTextFileSync(`${sys}/dev/block/8:1/uevent`, "MAJOR=8\nMINOR=1\nDEVNAME=sda1\n");
    const names = new DeviceNames(sys);
    assert.equal(names.of(8 << 20 | 1), "sda1");
    Deno.removeSync(`${sys}/dev/block/8:1`, { recursive: true });
    assert.equal(names.of(8 << 20 | 1), "sda1");
    assert.equal(names.of(8 << 20 | 2), "8:2");
    assert.equal(names.of(0), "none");
  } finally {
    Deno.removeSync(sys, { recursive: true });
  }
});
