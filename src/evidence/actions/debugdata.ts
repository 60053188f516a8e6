/**
 * What the SMB client says of its servers, sessions, shares and requests in flight.
 * @module
 */
import type { Action } from "./action.ts";

export const debugdata: Action = {
  name: "debugdata",
  phase: "snapshot",
  programs: [],
  plan: () => [{ kind: "proc", path: "/proc/fs/cifs/DebugData" }],
};
