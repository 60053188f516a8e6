/**
 * `aod trace --info`: what this kernel has of what the event log needs.
 * @module
 */
import { readFileSync } from "node:fs";
import { createMap } from "../../bpf/map.ts";
import { closeFd } from "../../os/libc.ts";
import { effectiveUid } from "../../os/process.ts";
import { reasonOf } from "../../os/reason.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { printJson, printLine } from "../output.ts";

/** One thing the kernel has or has not. */
export interface KernelFeature {
  /** Short, one word. */
  name: string;
  /** "no": the event log works without it; "missing": it does not; "unknown": it takes root to see. */
  status: "yes" | "no" | "missing" | "unknown";
  /** What is the case, and what it is for. */
  text: string;
}

/** What the features are read from. */
export interface KernelView {
  /** `uname -r`. */
  release: string;
  /** Effective user. */
  uid: number;
  /** Text of a file (latin1), or null where it cannot be read. */
  read(path: string): string | null;
  /** Why no ring buffer map can be made; null where one can. */
  tryRing(): string | null;
}

const VMLINUX = "/sys/kernel/btf/vmlinux";
const BPF_MAP_TYPE_RINGBUF = 27;
const NO_LIMIT = 0xffff_ffff_ffff_ffffn;

/** The features of a kernel, in the order they are printed. */
export function kernelFeatures(view: KernelView): KernelFeature[] {
  const btf = view.read(VMLINUX);
  // Names are NUL-terminated strings of the BTF.
  const has = (name: string) => btf !== null && btf.includes(`\0${name}\0`);
  const hook = (name: string, what: string, absent: KernelFeature["status"]): KernelFeature => ({
    name,
    status: has(`btf_trace_${name}`) ? "yes" : btf === null ? "unknown" : absent,
    text: `tp_btf/${name}: ${what}`,
  });
  return [
    { name: "kernel", status: "yes", text: `${view.release} (5.15 or newer is needed)` },
    {
      name: "btf",
      status: btf === null ? "missing" : "yes",
      text: btf === null
        ? `no ${VMLINUX}: boot a kernel with CONFIG_DEBUG_INFO_BTF=y`
        : `types of the kernel, ${(btf.length / 2 ** 20).toFixed(1)} MiB`,
    },
    ring(view),
    hook("sys_enter", "start and arguments of system calls", "missing"),
    hook("sys_exit", "results of system calls", "missing"),
    hook("sched_process_fork", "processes and threads that begin", "missing"),
    hook("sched_process_exec", "programs that are executed", "missing"),
    hook("sched_process_exit", "processes and threads that end", "missing"),
    ioUring(has, btf !== null),
    {
      name: "task_storage",
      status: has("task_storage_map_alloc") ? "yes" : btf === null ? "unknown" : "missing",
      text: "memory per task in BPF (Linux 5.11)",
    },
    {
      name: "rdonly_cast",
      status: has("bpf_rdonly_cast") ? "yes" : btf === null ? "unknown" : "no",
      text: "typed pointers from numbers (Linux 6.2); without it they are read by copying",
    },
    jit(view),
    lockdown(view),
    memlock(view),
  ];
}

function ring(view: KernelView): KernelFeature {
  const name = "ring_buffer";
  const text = "BPF ring buffer (Linux 5.8)";
  if (view.uid !== 0) return { name, status: "unknown", text: `${text}; it takes root to try` };
  const reason = view.tryRing();
  if (reason === null) return { name, status: "yes", text };
  return { name, status: "missing", text: `${text}: cannot be made, because ${reason}` };
}

function ioUring(has: (name: string) => boolean, known: boolean): KernelFeature {
  const hooks = ["io_uring_submit_req", "io_uring_submit_sqe"];
  const found = hooks.find((name) => has(`btf_trace_${name}`));
  return {
    name: "io_uring",
    status: found !== undefined ? "yes" : known ? "no" : "unknown",
    text: found !== undefined
      ? `tp_btf/${found}: operations submitted to io_uring`
      : "no tracepoint for operations submitted to io_uring: they are not seen",
  };
}

function jit(view: KernelView): KernelFeature {
  const path = "/proc/sys/net/core/bpf_jit_enable";
  const value = view.read(path)?.trim();
  const status = value === undefined ? "unknown" : value === "0" ? "no" : "yes";
  const text = value === "0" ? "the BPF compiler is off: every event costs more" : "BPF compiler";
  return { name: "jit", status, text: `${text} (${path} = ${value ?? "cannot be read"})` };
}

function lockdown(view: KernelView): KernelFeature {
  const mode = /\[(\w+)\]/.exec(view.read("/sys/kernel/security/lockdown") ?? "")?.[1];
  const forbids = mode === "confidentiality";
  return {
    name: "lockdown",
    status: forbids ? "missing" : "yes",
    text: forbids
      ? "lockdown is confidentiality: BPF may not read kernel memory (boot with integrity)"
      : `lockdown lets BPF read (${mode ?? "not compiled in, or not to be seen"})`,
  };
}

/** Since Linux 5.11 BPF memory is accounted to the cgroup: the limit is of no meaning there. */
function memlock(view: KernelView): KernelFeature {
  const line = /^Max locked memory +(\S+)/m.exec(view.read("/proc/self/limits") ?? "")?.[1];
  const limit = line === undefined || line === "unlimited" ? NO_LIMIT : BigInt(line);
  const text = limit === NO_LIMIT ? "unlimited" : `${limit} bytes`;
  return {
    name: "memlock",
    status: "yes",
    text: `limit of locked memory: ${text} (of no meaning for BPF since Linux 5.11)`,
  };
}

/** This machine. */
export function thisKernel(): KernelView {
  return {
    release: Deno.osRelease(),
    uid: effectiveUid(),
    read(path) {
      try {
        return readFileSync(path, "latin1");
      } catch {
        return null;
      }
    },
    tryRing() {
      try {
        const spec = { type: BPF_MAP_TYPE_RINGBUF, key_bytes: 0, value_bytes: 0 };
        closeFd(createMap({ ...spec, max_entries: 4096, name: "aod_info" }));
        return null;
      } catch (error) {
        return reasonOf(error);
      }
    },
  };
}

/** Prints the features; 3 where the event log cannot work. */
export function printInfo(view: KernelView, json: boolean): ExitCode {
  const features = kernelFeatures(view);
  for (const feature of features) {
    if (json) printJson(feature);
    else printLine(`${feature.status.padEnd(8)} ${feature.name.padEnd(19)} ${feature.text}`);
  }
  return features.some(({ status }) => status === "missing") ? EXIT.unsupported : EXIT.ok;
}
