/**
 * What the SMB client says of its servers, sessions, shares and requests in flight.
 * @module
 */
import type { Action } from "./action.ts";

/** The action `debugdata`. */
export const debugdata: Action = {
  name: "debugdata",
  description: "/proc/fs/cifs/DebugData: servers, sessions, shares, requests in flight.",
  timeout_sec: 5,
  max_output_kb: 4096,
  params: {},
  phase: "snapshot",
  programs: [],
  plan: () => [{ kind: "proc", path: "/proc/fs/cifs/DebugData" }],
};
