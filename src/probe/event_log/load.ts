/**
 * Loads and attaches the kernel event log: the programs that the wanted event types need, no others.
 * @module
 */
import { hasKernelBtf } from "../../bpf/kernel_btf.ts";
import { possibleCpus } from "../../bpf/libbpf.ts";
import { indexKey, runSyscallProgram, updateElem } from "../../bpf/map.ts";
import { BpfObject, BpfObjectError } from "../../bpf/object.ts";
import { assetBytes, type BinaryAsset } from "../../os/assets.ts";
import { EINVAL, ESRCH } from "../../os/errno.ts";
import { ProbeError, probeError } from "../error.ts";
import { LayoutError } from "../layout.ts";
import { type LogFilters, writeCalls, writeFilters, writeTypes } from "./filters.ts";
import type { LogHandles } from "./handles.ts";
import { checkLogLayout } from "./layout.ts";
import { LOG_SIZE } from "./layout.gen.ts";
import { LEAVE_OUT_PROGRAM, type LogPlan, logPlan } from "./programs.ts";
import { callTable } from "./syscalls.ts";

const WHAT = "the event log";

/** How to load it. */
export interface EventLogOptions {
  /** Values of `enum aod_log_type`. */
  types: ReadonlySet<number>;
  /** Whose events. */
  filters: LogFilters;
  /** Bytes of the ring; made a power of two, at least a page. */
  ring_bytes: number;
  /** Never log this process and what it starts. */
  leave_out_self: boolean;
  /** Attached, but nothing is logged before {@linkcode EventLogProbe.setTypes}. */
  paused?: boolean;
  /** Take the object for kernels before 6.2, which works on later ones too. */
  old_kernel?: boolean;
}

/** What became of one program. */
export interface LogProgramStatus {
  /** Its name in bpf/log/. */
  name: string;
  /** False where it failed. */
  attached: boolean;
  /** Why it is left out. */
  error?: string;
}

/** A loaded event log. */
export interface EventLogProbe {
  /** What other threads need. */
  handles: LogHandles;
  /** Every program that the types need. */
  programs: LogProgramStatus[];
  /**
   * Changes types and filters while it runs; no event is missed that passes before and after.
   * @throws RangeError for what needs other programs (see `fits`); LogFilterError
   */
  setFilters(types: ReadonlySet<number>, filters: LogFilters): void;
  /** Whether these types need the programs that are loaded, no more and no fewer. */
  fits(types: ReadonlySet<number>, filters: LogFilters): boolean;
  /** Pauses the log (no types) or lets it go on, by types that it was loaded with. */
  setTypes(types: ReadonlySet<number>): void;
  /** Detaches and unloads. */
  close(): void;
}

/**
 * Loads the event log. The verifier takes a second or two for all types.
 * @throws ProbeError, LogFilterError
 */
export function loadEventLog(options: EventLogOptions): EventLogProbe {
  const steps = loading(options);
  for (let step = steps.next();;) {
    if (step.done) return step.value;
    try {
      step.value.load();
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next();
  }
}

/**
 * The same, with the verifier's work on another thread.
 * @throws ProbeError, LogFilterError
 */
export async function loadEventLogInBackground(options: EventLogOptions): Promise<EventLogProbe> {
  const steps = loading(options);
  for (let step = steps.next();;) {
    if (step.done) return step.value;
    try {
      await step.value.loadInBackground();
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next();
  }
}

/** Gives out each object that is to be loaded, and takes the error where that fails. */
type Loading<Result> = Generator<BpfObject, Result, void>;

function* loading(options: EventLogOptions): Loading<EventLogProbe> {
  if (!hasKernelBtf()) {
    const why = "the kernel has no BTF (CONFIG_DEBUG_INFO_BTF, Linux 5.8)";
    throw new ProbeError("no_btf", why, "", WHAT);
  }
  const plan = logPlan(options.types, options.filters.follow_children === true);
  const failed = new Map<string, string>();
  const { object, ring_bytes } = yield* loadEither(plan, options, failed);
  try {
    const handles: LogHandles = {
      maps: Object.fromEntries(
        object.maps.filter((name) => name.startsWith("log_")).map((name) => [
          name,
          object.mapFd(name),
        ]),
      ),
      ring_bytes,
      possible_cpus: possibleCpus(),
    };
    fillMaps(object, handles, plan, options);
    const programs = attachAll(object, plan, failed);
    const loaded = programsOf(plan);
    const { path_prefix } = options.filters;
    let inForce = options.filters;
    const calls = new Set(plan.calls);
    return {
      handles,
      programs,
      setFilters(types, filters) {
        const needed = logPlan(types, filters.follow_children === true);
        const missing = [...programsOf(needed)].find((name) => !loaded.has(name));
        if (missing !== undefined) {
          throw new RangeError(`Cannot change the types: because ${missing} is not loaded`);
        }
        if (filters.path_prefix !== undefined && filters.path_prefix !== path_prefix) {
          throw new RangeError(
            "Cannot filter by path prefix: because the programs are loaded without",
          );
        }
        writeFilters(handles.maps, types, filters, inForce);
        // No call is taken out: one whose end is not looked at would leave its start to a later one.
        for (const call of needed.calls) calls.add(call);
        writeCalls(handles.maps, callTable(calls, LOG_SIZE.SYSCALLS));
        inForce = filters;
      },
      fits(types, filters) {
        const needed = programsOf(logPlan(types, filters.follow_children === true));
        return filters.path_prefix === path_prefix && needed.symmetricDifference(loaded).size === 0;
      },
      setTypes: (types) => writeTypes(handles.maps, types),
      close: () => object.close(),
    };
  } catch (error) {
    object.close();
    if (error instanceof BpfObjectError) throw probeError(error, WHAT);
    throw error;
  }
}

/** The object, with the layout that this program was built for. */
function objectBytes(name: BinaryAsset): Uint8Array {
  const bytes = assetBytes(name);
  try {
    checkLogLayout(bytes);
  } catch (error) {
    if (error instanceof LayoutError) throw new ProbeError("layout", error.message, "", WHAT);
    throw error;
  }
  return bytes;
}

/** Loads the object, or the one for kernels that have no bpf_rdonly_cast (before 6.2). */
function* loadEither(
  plan: LogPlan,
  options: EventLogOptions,
  failed: Map<string, string>,
): Loading<{ object: BpfObject; ring_bytes: number }> {
  if (options.old_kernel !== true) {
    try {
      return yield* loadWithout(objectBytes("event_log.bpf.o"), plan, options, failed);
    } catch (error) {
      // What libbpf says, by its version, where the kernel lacks a function that the object calls.
      const lacks = error instanceof BpfObjectError && error.program === null &&
        (error.errno === ESRCH || error.errno === EINVAL);
      if (!lacks) {
        throw error instanceof BpfObjectError ? probeError(error, WHAT) : error;
      }
    }
  }
  try {
    return yield* loadWithout(objectBytes("event_log_old.bpf.o"), plan, options, failed);
  } catch (error) {
    throw error instanceof BpfObjectError ? probeError(error, WHAT) : error;
  }
}

/** Opens and loads the object, again with the next of `plan.firstOf` where the kernel refuses one. */
function* loadWithout(
  bytes: Uint8Array,
  plan: LogPlan,
  options: EventLogOptions,
  failed: Map<string, string>,
): Loading<{ object: BpfObject; ring_bytes: number }> {
  const ring_bytes = powerOfTwo(Math.max(4096, options.ring_bytes));
  for (;;) {
    const object = BpfObject.open(bytes, "event_log");
    const first = plan.firstOf.find(([name]) => !failed.has(name));
    try {
      const wanted = new Set([LEAVE_OUT_PROGRAM, ...plan.attach, ...plan.handlers.values()]);
      for (const name of first ?? []) wanted.add(name);
      for (const { name } of object.programs) object.setAutoload(name, wanted.has(name));
      object.setMaxEntries("log_events", ring_bytes);
      object.rodata("log_has_prefix", options.filters.path_prefix !== undefined);
      yield object;
      return { object, ring_bytes };
    } catch (error) {
      object.close();
      if (!(error instanceof BpfObjectError)) throw error;
      const { program } = error;
      if (first === undefined || program === null || !first.includes(program)) throw error;
      failed.set(first[0], error.message);
    }
  }
}

/** Everything is in its place before the first event. */
function fillMaps(
  object: BpfObject,
  handles: LogHandles,
  plan: LogPlan,
  options: EventLogOptions,
): void {
  for (const [index, program] of plan.handlers) {
    const fd = object.programFd(program);
    updateElem(handles.maps.log_handlers, indexKey(index), indexKey(fd));
  }
  writeCalls(handles.maps, callTable(plan.calls, LOG_SIZE.SYSCALLS));
  if (options.leave_out_self) runSyscallProgram(object.programFd(LEAVE_OUT_PROGRAM));
  writeFilters(handles.maps, options.paused ? new Set() : options.types, options.filters);
}

/** Names of all programs of a plan. */
function programsOf({ attach, firstOf, handlers }: LogPlan): Set<string> {
  return new Set([...attach, ...firstOf.flat(), ...handlers.values()]);
}

function attachAll(
  object: BpfObject,
  plan: LogPlan,
  failed: Map<string, string>,
): LogProgramStatus[] {
  const programs: LogProgramStatus[] = [];
  for (const name of plan.attach) {
    object.attach(name);
    programs.push({ name, attached: true });
  }
  for (const set of plan.firstOf) {
    const error = failed.get(set[0]);
    if (error !== undefined) {
      programs.push({ name: set[0], attached: false, error });
      continue;
    }
    for (const name of set) {
      object.attach(name);
      programs.push({ name, attached: true });
    }
    break;
  }
  for (const name of plan.handlers.values()) programs.push({ name, attached: true });
  return programs;
}

/** The next power of two from `n` on. */
function powerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}
