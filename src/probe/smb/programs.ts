/**
 * Which programs of bpf/smb.bpf.c make up each hook mode, and in what order they attach. The same
 * table is at the top of that file.
 * @module
 */
import type { Btf } from "../../bpf/btf.ts";

/** How a mode's programs are chosen. */
export interface ProgramPlan {
  /** What the mode is called in the configuration. */
  mode: "fentry" | "raw_tp";
  /** The mode does not work without any of these. */
  required: string[];
  /** Each may fail alone. */
  optional: string[];
}

/** Runs on request, is not attached; absent before Linux 5.14. */
export const SCAN_PROGRAM = "smb_scan_in_flight";
/** Runs once after the load and leaves out the process that runs it; likewise not attached. */
export const LEAVE_OUT_PROGRAM = "smb_leave_out_caller";

const COMMON_OPTIONAL = [
  // First, so that no child of the agent is missed.
  "opt_fork",
  "opt_exit",
  "any_reconnect",
  "any_partial_send_reconnect",
  "any_credit_timeout",
  "any_insufficient_credits",
  "any_connect_err",
  "any_exit_err",
  SCAN_PROGRAM,
  LEAVE_OUT_PROGRAM,
];

/**
 * Where requests end: the function that frees a mid, by its name and number of parameters. It was
 * renamed and changed over the years; BTF says which one this kernel has.
 */
const RELEASE_VARIANTS: [program: string, kernelFunction: string, parameters: number | null][] = [
  ["fe_release_kref", "__release_mid", 1],
  ["fe_release_server_mid", "__release_mid", 2],
  ["fe_release_old_kref", "_cifs_mid_q_entry_release", null],
  ["fe_release_old_put", "cifs_mid_q_entry_release", null],
  ["fe_release_old_delete", "DeleteMidQEntry", null],
];

/** The program for this kernel's release function, or null where none is known. */
export function releaseProgram(btf: Pick<Btf, "parameterCount">): string | null {
  for (const [program, kernelFunction, parameters] of RELEASE_VARIANTS) {
    const count = btf.parameterCount(kernelFunction);
    if (count !== null && (parameters === null || parameters === count)) return program;
  }
  return null;
}

/** The functions that fentry mode cannot do without, besides the release function. */
const FENTRY_FUNCTIONS = ["smb2_mid_entry_alloc", "smb2_check_receive"];

/**
 * The plan for fentry mode.
 * @returns the plan, or a sentence that says what this kernel lacks
 */
export function fentryPlan(btf: Btf | null): ProgramPlan | string {
  if (btf === null) return "the kernel has no BTF";
  for (const name of FENTRY_FUNCTIONS) {
    if (!btf.hasFunction(name)) return `the BTF of cifs has no function ${name}`;
  }
  const release = releaseProgram(btf);
  if (release === null) return "the BTF of cifs has no function that releases a mid";
  return {
    mode: "fentry",
    // Ends attach before starts: no request is left in flight by the gap.
    required: [release, "fe_check_receive", "fe_mid_alloc"],
    optional: [...COMMON_OPTIONAL, "fe_cmd_err", "fe_setup_request"],
  };
}

/**
 * The plan for fentry mode on a kernel whose BTF is still to be read. BTF of a kind that is not known
 * here, as a later kernel may have, is something lacking too: raw tracepoints do without.
 */
export function readFentryPlan(read: () => Btf | null): ProgramPlan | string {
  try {
    return fentryPlan(read());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the BTF of cifs cannot be read (${why})`;
  }
}

/** The plan for raw tracepoints. */
export function rawPlan(): ProgramPlan {
  return {
    mode: "raw_tp",
    required: ["rt_cmd_done", "rt_cmd_err", "rt_cmd_enter"],
    optional: [...COMMON_OPTIONAL, "rt_tcon", "rt_exit"],
  };
}
