/**
 * Open network connections. `-b` keeps lsof from calling what can block on a hung mount.
 * @module
 */
import type { Action } from "./action.ts";

/** The action `lsof`. */
export const lsof: Action = {
  name: "lsof",
  description: "Open network connections: `lsof -b -w -nP -i`.",
  timeout_sec: 10,
  max_output_kb: 4096,
  params: {},
  phase: "snapshot",
  programs: ["lsof"],
  // Status 1 is "nothing found" as well as a failure; a failure has something on standard error.
  plan: () => [{ kind: "command", argv: ["lsof", "-b", "-w", "-nP", "-i"], ok_codes: [1] }],
};
