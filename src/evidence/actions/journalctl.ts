/**
 * The system journal since shortly before the first offending request.
 * @module
 */
import { type Action, journalSince, linesParameter, numberOf } from "./action.ts";

/** The action `journalctl`. */
export const journalctl: Action = {
  name: "journalctl",
  description: "Journal from before the first offending request on.",
  timeout_sec: 10,
  max_output_kb: 4096,
  params: { lines: linesParameter(5000) },
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
