/**
 * What loading is for every tracer: check the layout, set up, load, attach.
 * @module
 */
import { hasKernelBtf } from "../../bpf/kernel_btf.ts";
import { possibleCpus } from "../../bpf/libbpf.ts";
import { runSyscallProgram } from "../../bpf/map.ts";
import { BpfObject, BpfObjectError } from "../../bpf/object.ts";
import { assetBytes, type BinaryAsset } from "../../os/assets.ts";
import { ProbeError, probeError } from "../error.ts";
import { checkLayoutOf, type Layout, LayoutError } from "../layout.ts";
import type { TracerHandles, TracerProbe } from "./handles.ts";

/** What every tracer can be told. */
export interface TracerOptions {
  /** Bytes of the ring; made a power of two, at least a page. */
  ring_bytes: number;
  /** Leave out this process and what it starts. */
  leave_out_self: boolean;
}

/** One tracer. */
export interface TracerPlan {
  /** Its object file. */
  asset: BinaryAsset;
  /** What its maps of global data are named by. */
  name: string;
  /** As people call it: "the syscall tracer". */
  what: string;
  /** What this program was built for. */
  layout: Layout;
  /** Programs to attach, in this order. */
  attach: string[];
  /** Run by who is left out. */
  leave_out: string;
  /** Name of the ring's map. */
  ring: string;
  /** Sizes and constants, before the load. */
  setUp(object: BpfObject): void;
  /** Contents of maps, before anything is attached. */
  fill(maps: Record<string, number>): void;
}

/** Most bytes that a ring may have. */
const MAX_RING_BYTES = 1 << 28;

/**
 * Loads and attaches a tracer.
 * @throws ProbeError
 */
export function loadTracer(plan: TracerPlan, options: TracerOptions): TracerProbe {
  const { what } = plan;
  if (!hasKernelBtf()) {
    const why = "the kernel has no BTF (CONFIG_DEBUG_INFO_BTF, Linux 5.8)";
    throw new ProbeError("no_btf", why, "", what);
  }
  const bytes = assetBytes(plan.asset);
  try {
    checkLayoutOf(bytes, plan.layout, `the object of ${what}`);
  } catch (error) {
    if (error instanceof LayoutError) throw new ProbeError("layout", error.message, "", what);
    throw error;
  }
  let object: BpfObject | null = null;
  try {
    object = BpfObject.open(bytes, plan.name);
    return start(object, plan, options, bytes.length);
  } catch (error) {
    object?.close();
    if (error instanceof BpfObjectError) throw probeError(error, what);
    throw error;
  }
}

function start(
  object: BpfObject,
  plan: TracerPlan,
  options: TracerOptions,
  object_bytes: number,
): TracerProbe {
  const ring_bytes = powerOfTwo(Math.min(Math.max(4096, options.ring_bytes), MAX_RING_BYTES));
  const wanted = [...plan.attach, plan.leave_out];
  for (const name of wanted) object.setAutoload(name, true);
  object.setMaxEntries(plan.ring, ring_bytes);
  plan.setUp(object);
  object.load();
  const handles: TracerHandles = {
    maps: Object.fromEntries(
      object.maps.filter((name) => !name.includes(".")).map((name) => [name, object.mapFd(name)]),
    ),
    programs: Object.fromEntries(plan.attach.map((name) => [name, object.programFd(name)])),
    ring_bytes,
    possible_cpus: possibleCpus(),
  };
  plan.fill(handles.maps);
  if (options.leave_out_self) runSyscallProgram(object.programFd(plan.leave_out));
  const attach = () => plan.attach.forEach((name) => object.attach(name));
  attach();
  return {
    handles,
    object_bytes,
    start: attach,
    stop() {
      for (const name of plan.attach) object.detach(name);
    },
    close: () => object.close(),
  };
}

/** The next power of two from `n` on. */
export function powerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}
