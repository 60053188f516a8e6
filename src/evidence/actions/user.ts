/**
 * Actions defined in the configuration: a program to run, or a file to copy.
 * @module
 */
import type { ActionPlan } from "./action.ts";

/**
 * Copies through a child, because the path may lie on a mount that hangs; O_NOFOLLOW, as the
 * reference says.
 */
function copy(path: string): string[] {
  return ["dd", `if=${path}`, "bs=65536", "iflag=nofollow", "status=none"];
}

/** `command: [argv]` */
export const command: ActionPlan = {
  name: "command",
  phase: "snapshot",
  programs: [],
  plan: ({ spec }) => [{ kind: "command", argv: [...(spec.command ?? [])] }],
};

/** `file: path` */
export const file: ActionPlan = {
  name: "file",
  phase: "snapshot",
  programs: ["dd"],
  plan: ({ spec }) => [{ kind: "command", argv: copy(spec.file ?? "") }],
};
