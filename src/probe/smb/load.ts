/**
 * Loads and attaches the SMB probe: fentry where it works, else raw tracepoints.
 * @module
 */
import type { Config } from "../../config/types.ts";
import { runSyscallProgram } from "../../bpf/map.ts";
import { hasKernelBtf, moduleBtf, moduleLoaded } from "../../bpf/kernel_btf.ts";
import { possibleCpus } from "../../bpf/libbpf.ts";
import { BpfObject, BpfObjectError } from "../../bpf/object.ts";
import { assetBytes } from "../../os/assets.ts";
import { EPERM, SyscallError } from "../../os/errno.ts";
import { ProbeError, probeError } from "../error.ts";
import type { ProbeHandles } from "./handles.ts";
import { checkLayout, LayoutError } from "./layout.ts";
import {
  LEAVE_OUT_PROGRAM,
  type ProgramPlan,
  rawPlan,
  readFentryPlan,
  SCAN_PROGRAM,
} from "./programs.ts";

export { ProbeError, type ProbeFailure } from "../error.ts";

/** What became of one program. */
export interface ProgramStatus {
  /** Its name in bpf/smb.bpf.c. */
  name: string;
  /** False where it failed, or only runs on request. */
  attached: boolean;
  /** Why it is left out. */
  error?: string;
}

/** A loaded probe. */
export interface SmbProbe {
  /** What other threads need. */
  handles: ProbeHandles;
  /** Every program of the mode. */
  programs: ProgramStatus[];
  /** Why fentry is not used although it was allowed; "" otherwise. */
  fallback_reason: string;
  /** Detaches and unloads; cifs can be unloaded afterwards. */
  close(): void;
}

/** How to load it. */
export interface SmbProbeOptions {
  /** Mode and sizes. */
  probe: Config["probe"];
  /** File names in ring records too (128 bytes more each). */
  emit_names?: boolean;
  /** Never report requests of this process and of what it starts. */
  leave_out_self?: boolean;
}

/**
 * Loads the probe.
 * @throws ProbeError
 */
export function loadSmbProbe(options: SmbProbeOptions): SmbProbe {
  const bytes = assetBytes("smb.bpf.o");
  try {
    checkLayout(bytes);
  } catch (error) {
    if (error instanceof LayoutError) throw new ProbeError("layout", error.message);
    throw error;
  }
  if (!hasKernelBtf()) {
    throw new ProbeError("no_btf", "the kernel has no BTF (CONFIG_DEBUG_INFO_BTF, Linux 5.8)");
  }
  if (!moduleLoaded("cifs")) throw new ProbeError("cifs_absent", "the cifs module is not loaded");
  const { hook_mode } = options.probe;
  let fallback_reason = "";
  if (hook_mode !== "raw_tp") {
    const plan = readFentryPlan(() => moduleBtf("cifs"));
    try {
      if (typeof plan !== "string") return loadPlan(bytes, plan, options, "");
      throw new ProbeError("unsupported", plan);
    } catch (error) {
      if (!(error instanceof ProbeError) || error.reason === "not_permitted") throw error;
      if (hook_mode === "fentry") throw error;
      fallback_reason = error.message;
    }
  }
  return loadPlan(bytes, rawPlan(), options, fallback_reason);
}

/**
 * Loads and attaches one plan; optional programs that fail are left out, one at a time.
 * @throws ProbeError
 * @internal
 */
export function loadPlan(
  bytes: Uint8Array,
  plan: ProgramPlan,
  options: SmbProbeOptions,
  fallback_reason: string,
): SmbProbe {
  const failed = new Map<string, string>();
  const object = loadWithout(bytes, plan, options, failed);
  try {
    const attached = attachAll(object, plan, failed);
    const programs = [...plan.required, ...plan.optional].map((name): ProgramStatus => {
      const error = failed.get(name);
      return { name, attached: attached.has(name), ...(error === undefined ? {} : { error }) };
    });
    return {
      handles: handlesOf(object, plan, options, failed),
      programs,
      fallback_reason,
      close: () => object.close(),
    };
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Opens and loads the object, again without each optional program that the kernel refuses. */
function loadWithout(
  bytes: Uint8Array,
  plan: ProgramPlan,
  options: SmbProbeOptions,
  failed: Map<string, string>,
): BpfObject {
  for (;;) {
    const object = BpfObject.open(bytes, "smb");
    try {
      setUp(object, plan, options, failed);
      object.load();
      return object;
    } catch (error) {
      object.close();
      if (!(error instanceof BpfObjectError)) throw error;
      const program = error.program;
      if (error.errno === EPERM && program === null) throw probeError(error);
      const optional = program !== null && plan.optional.includes(program) && !failed.has(program);
      if (!optional) throw probeError(error);
      failed.set(program, error.message);
    }
  }
}

/** Sizes, parameters and the choice of programs, before the load. */
function setUp(
  object: BpfObject,
  plan: ProgramPlan,
  { probe, emit_names, leave_out_self }: SmbProbeOptions,
  failed: Map<string, string>,
): void {
  const present = new Set(object.programs.map(({ name }) => name));
  // What is called any_ belongs to every mode and may fail alone: a new hook needs no entry here.
  const more = [...present].filter((name) => name.startsWith("any_"));
  plan.optional = [...new Set([...plan.optional, ...more])];
  for (const name of plan.required) {
    if (!present.has(name)) throw new ProbeError("unsupported", `the object has no ${name}`);
  }
  for (const name of plan.optional) {
    if (!present.has(name)) failed.set(name, "the object has no such program");
  }
  const wanted = new Set([...plan.required, ...plan.optional].filter((name) => !failed.has(name)));
  for (const name of present) object.setAutoload(name, wanted.has(name));
  object.setMaxEntries("smb_events", ringBytes(probe));
  object.setMaxEntries("smb_recorder", recorderSlots(probe));
  object.setMaxEntries("smb_in_flight", probe.max_in_flight);
  object.rodata("recorder_mask", recorderSlots(probe) - 1);
  object.rodata("emit_names", emit_names === true);
  object.rodata("leave_out_lineage", leave_out_self === true);
}

/** Attaches in the plan's order; the names of those that are attached. */
function attachAll(
  object: BpfObject,
  plan: ProgramPlan,
  failed: Map<string, string>,
): Set<string> {
  const attached = new Set<string>();
  for (const name of [...plan.optional, ...plan.required]) {
    if (failed.has(name) || name === SCAN_PROGRAM) continue;
    try {
      if (name === LEAVE_OUT_PROGRAM) leaveOutSelf(object);
      else object.attach(name);
      attached.add(name);
    } catch (error) {
      if (!(error instanceof BpfObjectError)) throw error;
      if (plan.required.includes(name)) throw probeError(error);
      failed.set(name, error.message);
    }
  }
  return attached;
}

function leaveOutSelf(object: BpfObject): void {
  const fail = (errno: number, why: string): never => {
    throw new BpfObjectError("leave out the agent's requests", errno, LEAVE_OUT_PROGRAM, why);
  };
  try {
    const refused = runSyscallProgram(object.programFd(LEAVE_OUT_PROGRAM)) !== 0;
    if (refused) fail(0, "its map took no entry");
  } catch (error) {
    if (error instanceof SyscallError) fail(error.errno, error.message);
    throw error;
  }
}

function handlesOf(
  object: BpfObject,
  plan: ProgramPlan,
  { probe }: SmbProbeOptions,
  failed: Map<string, string>,
): ProbeHandles {
  const maps = Object.fromEntries(
    object.maps.filter((name) => name.startsWith("smb_")).map((name) => [name, object.mapFd(name)]),
  );
  return {
    mode: plan.mode,
    maps,
    ring_bytes: ringBytes(probe),
    recorder_slots: recorderSlots(probe),
    scan_program: failed.has(SCAN_PROGRAM) ? -1 : object.programFd(SCAN_PROGRAM),
    possible_cpus: possibleCpus(),
  };
}

/** The next power of two from `n` on. */
function powerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}

/** Bytes of the ring: a power of two, at least a page. */
function ringBytes(probe: Config["probe"]): number {
  return Math.max(4096, powerOfTwo(probe.ring_size_kb * 1024));
}

function recorderSlots(probe: Config["probe"]): number {
  return powerOfTwo(probe.recorder_slots);
}
