/**
 * Why a probe could not be loaded.
 * @module
 */
import { EACCES, EPERM } from "../os/errno.ts";
import { BpfObjectError } from "../bpf/object.ts";

/** Reasons that programs can tell apart. */
export type ProbeFailure =
  | "cifs_absent"
  | "no_btf"
  | "not_permitted"
  | "layout"
  | "unsupported"
  | "load_failed";

/** A probe cannot be loaded; `reason` is for programs, the message for people. */
export class ProbeError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "ProbeError";

  /**
   * Takes the reason, a sentence, and what libbpf and the verifier said.
   * @param what the probe, as people call it
   */
  constructor(
    readonly reason: ProbeFailure,
    why: string,
    readonly log = "",
    what = "the SMB probe",
  ) {
    super(`Cannot load ${what}: because ${why}`);
  }
}

/** What libbpf refused, as a ProbeError. */
export function probeError(error: BpfObjectError, what?: string): ProbeError {
  const permission = error.errno === EPERM || (error.errno === EACCES && error.program === null);
  return new ProbeError(
    permission ? "not_permitted" : "load_failed",
    error.message,
    error.log,
    what,
  );
}
