/** The BTF reader on sections written by hand, on damaged ones, and on this kernel's. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Btf, BtfError } from "../../../src/bpf/btf.ts";
import { BtfWriter } from "../../support/btf_writer.ts";

function sample(): BtfWriter {
  const w = new BtfWriter();
  const u32 = w.int("unsigned int", 4);
  const char = w.int("char", 1, true);
  const typedef = w.type("__u32", 8, 0, u32);
  const constant = w.type("", 10, 0, typedef);
  const comm = w.array(char, u32, 16);
  const inner = w.struct("", 8, [["left", u32, 0], ["right", constant, 4]]);
  const kind = w.enumeration("kind", [["KIND_A", 1], ["KIND_MINUS", -5]]);
  w.type("", 2, 0, 0); // void *
  w.struct("thing", 40, [["id", typedef, 0], ["", inner, 4], ["comm", comm, 12], ["k", kind, 28], [
    "sub",
    inner,
    32,
  ]]);
  w.func("two_of_them", 2);
  return w;
}

Deno.test("structs: offsets, sizes, anonymous members, typedefs, arrays", () => {
  const struct = new Btf(sample().bytes()).struct("thing");
  assert.equal(struct?.bytes, 40);
  const rows = struct?.members.map((m) => [m.name, m.offset_bytes, m.bytes, m.kind]);
  assert.deepEqual(rows, [
    ["id", 0, 4, "int"],
    ["left", 4, 4, "int"],
    ["right", 8, 4, "int"],
    ["comm", 12, 16, "array"],
    ["k", 28, 4, "int"],
    ["sub", 32, 8, "struct"],
  ]);
  assert.equal(struct?.members[3].element_bytes, 1);
  assert.equal(struct?.members[4].type_name, "kind");
});

Deno.test("enums, functions, and what is not there", () => {
  const btf = new Btf(sample().bytes());
  assert.deepEqual(btf.enumValues("kind"), { KIND_A: 1, KIND_MINUS: -5 });
  assert.equal(btf.parameterCount("two_of_them"), 2);
  assert.equal(btf.hasFunction("two_of_them"), true);
  assert.equal(btf.hasFunction("two_of"), false);
  assert.equal(btf.parameterCount("thing"), null);
  assert.equal(btf.struct("two_of_them"), null);
  assert.equal(btf.enumValues("thing"), null);
});

Deno.test("a module's BTF stands on the kernel's", () => {
  const kernel = sample();
  const module = new BtfWriter(kernel.size);
  const own = module.struct("own", 4, [["id", 1, 0]]);
  module.struct("outer", 44, [["own", own, 0], ["thing", 9, 4]]);
  module.func("module_function", 1);
  const btf = new Btf(module.bytes(), new Btf(kernel.bytes()));
  assert.deepEqual(btf.struct("outer")?.members.map((m) => [m.bytes, m.type_name]), [
    [4, "own"],
    [40, "thing"],
  ]);
  assert.equal(btf.parameterCount("module_function"), 1);
  assert.equal(btf.parameterCount("two_of_them"), 2);
  assert.equal(btf.struct("thing")?.bytes, 40);
});

Deno.test("types that refer to themselves end", () => {
  const w = new BtfWriter();
  w.type("loop", 8, 0, 1);
  const nested = w.struct("", 4, [["", 2, 0]]);
  w.struct("outer", 4, [["", nested, 0]]);
  w.struct("user", 4, [["x", 1, 0]]);
  const btf = new Btf(w.bytes());
  assert.equal(btf.struct("user")?.members[0].bytes, 0);
  assert.throws(() => btf.struct("outer"), BtfError);
});

Deno.test("damaged BTF is refused or read, never anything else", () => {
  const bytes = sample().bytes();
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))), (
      length,
      changes,
    ) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      try {
        const btf = new Btf(copy.subarray(0, length));
        btf.struct("thing");
        btf.enumValues("kind");
        btf.parameterCount("two_of_them");
      } catch (error) {
        assert.ok(
          error instanceof BtfError || (error instanceof Error && error.name === "ElfError"),
          String(error),
        );
      }
    }),
    { numRuns: 2000 },
  );
});

const VMLINUX = "/sys/kernel/btf/vmlinux";
const hasKernel = (() => {
  try {
    return Deno.statSync(VMLINUX).isFile;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "this kernel's BTF has what every kernel has",
  ignore: !hasKernel,
  fn: () => {
    const btf = new Btf(Deno.readFileSync(VMLINUX));
    assert.equal(btf.struct("task_struct")?.members.find((m) => m.name === "comm")?.bytes, 16);
    assert.equal(btf.hasFunction("vfs_read"), true);
    assert.equal(btf.parameterCount("vfs_read"), 4);
    assert.equal(btf.hasFunction("no_such_function_here"), false);
  },
});
