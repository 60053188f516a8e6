/** BPF objects through libbpf on this kernel: parameters, errors that name the program, closing. */
import assert from "node:assert/strict";
import { indexKey, lookupElem, mapInfo, runSyscallProgram } from "../../../src/bpf/map.ts";
import { BpfObject, BpfObjectError } from "../../../src/bpf/object.ts";
import { libbpfVersion } from "../../../src/bpf/libbpf.ts";
import { ENOENT } from "../../../src/os/errno.ts";
import { assetBytes } from "../../../src/os/assets.ts";
import { buildTestObject } from "../../support/bpf_build.ts";
import "../../support/libraries.ts";

const file = buildTestObject("tests/host/bpf/rejected.bpf.c");

function withObject(body: (object: BpfObject) => void): void {
  const object = BpfObject.open(file, "rejected");
  try {
    body(object);
  } finally {
    object.close();
  }
}

function failure(action: () => unknown): BpfObjectError {
  try {
    action();
  } catch (error) {
    if (error instanceof BpfObjectError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

Deno.test("rodata of any width reaches the program; a program's result comes back", () => {
  withObject((object) => {
    object.rodata("small", 200);
    object.rodata("large", 0xfedc_ba98_7654_3210n);
    object.rodata("negative", -7);
    object.load();
    assert.equal(runSyscallProgram(object.programFd("good")), 42);
    const value = (index: number) => {
      const bytes = lookupElem(object.mapFd("results"), indexKey(index), 8);
      return new DataView(bytes!.buffer).getBigInt64(0, true);
    };
    assert.equal(value(0), 200n);
    assert.equal(BigInt.asUintN(64, value(1)), 0xfedc_ba98_7654_3210n);
    assert.equal(value(2), -7n);
    assert.equal(object.programFd("bad"), -1);
  });
});

Deno.test("an object that cannot be loaded names its program and says why", () => {
  withObject((object) => {
    object.setAutoload("bad", true);
    const error = failure(() => object.load());
    assert.equal(error.program, "bad");
    assert.match(error.message, /^Cannot load BPF object rejected \(program bad\): because EACCES/);
    assert.match(error.log, /invalid mem access 'map_value_or_null'/);
  });
});

Deno.test("what libbpf says of a program is known also where it was loaded in the background", async () => {
  // A kernel has one of the two tracepoints (the first since 6.3): the other's program is for the other.
  const errors = await Promise.all(
    ["log_uring_submit_req", "log_uring_submit_sqe"].map(async (name) => {
      const object = BpfObject.open(assetBytes("event_log.bpf.o"), "event_log");
      try {
        for (const program of object.programs) {
          object.setAutoload(program.name, program.name === name);
        }
        await object.loadInBackground();
        return [];
      } catch (error) {
        assert.ok(error instanceof BpfObjectError);
        return [[error.program, name, error.log]];
      } finally {
        object.close();
      }
    }),
  );
  const [[program, wanted, log]] = errors.flat();
  assert.equal(program, wanted);
  assert.match(String(log), new RegExp(`libbpf: prog '${wanted}': failed`));
});

Deno.test("a program that cannot be attached is named; what is unknown is refused", () => {
  withObject((object) => {
    object.setAutoload("nowhere", true);
    object.load();
    const error = failure(() => object.attach("nowhere"));
    assert.deepEqual([error.program, error.errno], ["nowhere", ENOENT]);
    assert.equal(failure(() => object.attach("absent")).errno, ENOENT);
    assert.equal(failure(() => object.mapFd("absent")).errno, ENOENT);
    assert.equal(failure(() => object.rodata("small", 1)).errno, ENOENT); // loaded: too late
  });
});

Deno.test("the kernel types that the probe looks into fit this kernel's", () => {
  const object = BpfObject.open(buildTestObject("tests/host/bpf/core.bpf.c"), "core");
  try {
    object.load();
    assert.equal(runSyscallProgram(object.programFd("types_fit")), 0b11111);
  } finally {
    object.close();
  }
});

Deno.test("bytes that are no object are refused", () => {
  assert.throws(() => BpfObject.open(new Uint8Array(100), "nothing"));
  assert.throws(() => BpfObject.open(file.subarray(0, file.length >> 1), "half"));
});

Deno.test("maps are sized before the load, and gone after closing", () => {
  const object = BpfObject.open(file, "rejected");
  object.setMaxEntries("results", 77);
  object.load();
  const fd = object.mapFd("results");
  assert.equal(mapInfo(fd).max_entries, 77);
  object.close();
  object.close();
  assert.throws(() => mapInfo(fd));
  assert.throws(() => object.mapFd("results"), BpfObjectError);
});

Deno.test("the probe's maps load on a kernel without cifs", () => {
  const object = BpfObject.open(assetBytes("smb.bpf.o"), "smb");
  try {
    for (const { name } of object.programs) object.setAutoload(name, false);
    object.setMaxEntries("smb_events", 1 << 20);
    object.load();
    assert.equal(mapInfo(object.mapFd("smb_events")).max_entries, 1 << 20);
    assert.equal(mapInfo(object.mapFd("smb_control")).value_bytes, 32);
    assert.match(libbpfVersion(), /^v1\./);
  } finally {
    object.close();
  }
});
