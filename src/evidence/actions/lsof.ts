/**
 * Open network connections. `-b` keeps lsof from calling what can block on a hung mount.
 * @module
 */
import type { Action } from "./action.ts";

export const lsof: Action = {
  name: "lsof",
  phase: "snapshot",
  programs: ["lsof"],
  plan: () => [{ kind: "command", argv: ["lsof", "-b", "-w", "-nP", "-i"] }],
};
