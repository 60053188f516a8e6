import assert from "node:assert/strict";
import { kernelFeatures, type KernelView } from "../../../../src/cli/trace/info.ts";

const BTF = [
  ...["sys_enter", "sys_exit", "sched_process_fork", "sched_process_exec", "sched_process_exit"],
  "io_uring_submit_sqe",
].map((name) => `btf_trace_${name}`);

function view(more: Partial<KernelView>, names = BTF): KernelView {
  const files: Record<string, string> = {
    "/sys/kernel/btf/vmlinux": `\0${[...names, "task_storage_map_alloc"].join("\0")}\0`,
    "/proc/sys/net/core/bpf_jit_enable": "1\n",
    "/proc/self/limits": "Max locked memory         8388608              8388608     bytes\n",
  };
  return {
    release: "5.15.0",
    uid: 0,
    read: (path) => files[path] ?? null,
    tryRing: () => null,
    ...more,
  };
}

function statuses(of: KernelView): Record<string, string> {
  return Object.fromEntries(kernelFeatures(of).map(({ name, status }) => [name, status]));
}

Deno.test("a kernel 5.15: no typed pointers from numbers, everything else is there", () => {
  const found = kernelFeatures(view({}));
  assert.deepEqual(
    found.filter(({ status }) => status !== "yes").map(({ name, status }) => [name, status]),
    [["rdonly_cast", "no"]],
  );
  assert.match(found.find(({ name }) => name === "io_uring")?.text ?? "", /io_uring_submit_sqe/);
  assert.match(found.find(({ name }) => name === "memlock")?.text ?? "", /8388608 bytes/);
});

Deno.test("what is missing is told apart from what can be done without", () => {
  const less = statuses(view({}, BTF.slice(1, 5)));
  assert.equal(less.sys_enter, "missing");
  assert.equal(less.io_uring, "no");
  const none = statuses(view({ read: () => null, tryRing: () => "it is not permitted" }));
  assert.equal(none.btf, "missing");
  assert.equal(none.sys_enter, "unknown");
  assert.equal(none.ring_buffer, "missing");
  assert.equal(none.jit, "unknown");
});

Deno.test("without root nothing is tried", () => {
  const tryRing = () => assert.fail("tried");
  assert.equal(statuses(view({ uid: 1000, tryRing })).ring_buffer, "unknown");
});

Deno.test("lockdown=confidentiality forbids it", () => {
  const read = (path: string) =>
    path.endsWith("/lockdown") ? "none integrity [confidentiality]\n" : view({}).read(path);
  assert.equal(statuses(view({ read })).lockdown, "missing");
});
