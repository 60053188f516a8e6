/** Maps by bpf(2) on this kernel, against a Map. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BPF_NOEXIST,
  createMap,
  deleteElem,
  indexKey,
  lookupElem,
  mapArrayMmap,
  mapEntries,
  mapInfo,
  readPerCpu,
  updateElem,
} from "../../../src/bpf/map.ts";
import { possibleCpus } from "../../../src/bpf/libbpf.ts";
import { E2BIG, EEXIST, EINVAL, SyscallError } from "../../../src/os/errno.ts";
import { closeFd } from "../../../src/os/libc.ts";
import "../../support/libraries.ts";

const HASH = 1; // enum bpf_map_type
const ARRAY = 2;
const PERCPU_ARRAY = 6;
const BPF_F_MMAPABLE = 1 << 10;

function errnoOf(action: () => unknown): number {
  try {
    action();
  } catch (error) {
    if (error instanceof SyscallError) return error.errno;
    throw error;
  }
  return 0;
}

function withMap(spec: Parameters<typeof createMap>[0], body: (fd: number) => void): void {
  const fd = createMap(spec);
  try {
    body(fd);
  } finally {
    closeFd(fd);
  }
}

const key8 = (n: number) => {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(n) * 0x1_0000_0001n, true);
  return key;
};

Deno.test("a hash map does what a Map does", () => {
  const step = fc.record({
    what: fc.constantFrom("put", "put", "delete", "get"),
    key: fc.nat(30),
    value: fc.uint8Array({ minLength: 20, maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      withMap({ type: HASH, key_bytes: 8, value_bytes: 20, max_entries: 64 }, (fd) => {
        const model = new Map<number, Uint8Array>();
        for (const { what, key, value } of steps) {
          if (what === "put") {
            updateElem(fd, key8(key), value);
            model.set(key, value);
          } else if (what === "delete") {
            assert.equal(deleteElem(fd, key8(key)), model.delete(key));
          } else {
            const have = lookupElem(fd, key8(key), 20);
            assert.deepEqual(have, model.get(key) ?? null);
          }
        }
        const entries = new Map([...mapEntries(fd, 8, 20)].map(([k, v]) => [String(k), v]));
        assert.equal(entries.size, model.size);
        for (const [key, value] of model) assert.deepEqual(entries.get(String(key8(key))), value);
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("limits are errors with their errno", () => {
  withMap({ type: HASH, key_bytes: 8, value_bytes: 8, max_entries: 2, name: "small" }, (fd) => {
    updateElem(fd, key8(1), new Uint8Array(8));
    assert.equal(errnoOf(() => updateElem(fd, key8(1), new Uint8Array(8), BPF_NOEXIST)), EEXIST);
    updateElem(fd, key8(2), new Uint8Array(8));
    assert.equal(errnoOf(() => updateElem(fd, key8(3), new Uint8Array(8))), E2BIG);
    assert.equal(mapInfo(fd).name, "small");
  });
  assert.equal(
    errnoOf(() => createMap({ type: 9999, key_bytes: 4, value_bytes: 4, max_entries: 1 })),
    EINVAL,
  );
  assert.throws(() => lookupElem(-1, key8(0), 8), /bpf\(BPF_MAP_LOOKUP_ELEM\): EBADF/);
});

Deno.test("a value larger than any so far fits", () => {
  withMap({ type: ARRAY, key_bytes: 4, value_bytes: 40_000, max_entries: 1 }, (fd) => {
    const value = new Uint8Array(40_000).map((_, i) => i);
    updateElem(fd, indexKey(0), value);
    assert.deepEqual(lookupElem(fd, indexKey(0), 40_000), value);
  });
});

Deno.test("a mapped array and the system call see the same bytes", () => {
  const spec = {
    type: ARRAY,
    key_bytes: 4,
    value_bytes: 12,
    max_entries: 5,
    flags: BPF_F_MMAPABLE,
  };
  withMap(spec, (fd) => {
    const memory = mapArrayMmap(fd, 5 * 16, true);
    updateElem(fd, indexKey(2), new Uint8Array(12).fill(9));
    assert.equal(new Uint8Array(memory.buffer)[2 * 16], 9);
    new Uint8Array(memory.buffer)[3 * 16 + 11] = 5;
    assert.equal(lookupElem(fd, indexKey(3), 12)?.[11], 5);
    memory.unmap();
    memory.unmap();
  });
});

Deno.test("a per-CPU array has a value for each possible CPU", () => {
  withMap({ type: PERCPU_ARRAY, key_bytes: 4, value_bytes: 8, max_entries: 2 }, (fd) => {
    const cpus = possibleCpus();
    const values = new BigUint64Array(cpus).map((_, i) => BigInt(i + 1));
    updateElem(fd, indexKey(1), new Uint8Array(values.buffer));
    assert.deepEqual(readPerCpu(fd, 1, cpus), [...values]);
    assert.throws(() => readPerCpu(fd, 2, cpus), RangeError);
  });
});
