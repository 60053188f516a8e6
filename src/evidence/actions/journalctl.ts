/**
 * The system journal since shortly before the first offending request.
 * @module
 */
import { type Action, journalSince, numberOf } from "./action.ts";

export const journalctl: Action = {
  name: "journalctl",
  phase: "snapshot",
  programs: ["journalctl"],
  plan(context) {
    const lines = String(numberOf(context.spec, "lines", 5000));
    const argv = ["journalctl", "--no-pager", "-o", "short-precise", "-n", lines];
    return [{
      kind: "command",
      argv: [...argv, `--since=${journalSince(context)}`, "--until=now"],
    }];
  },
};
