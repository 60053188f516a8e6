/**
 * The kernel log since shortly before the first offending request; the whole of it where there is no
 * journal.
 * @module
 */
import { type Action, journalSince, linesParameter, numberOf } from "./action.ts";

/** The action `dmesg`. */
export const dmesg: Action = {
  name: "dmesg",
  description: "Kernel log: `journalctl -k`, else `dmesg`.",
  timeout_sec: 10,
  max_output_kb: 4096,
  params: { lines: linesParameter(5000) },
  phase: "snapshot",
  programs: ["journalctl", "dmesg"],
  plan(context) {
    const lines = String(numberOf(context.spec, "lines", 5000));
    const since = journalSince(context);
    const journal = ["journalctl", "-k", "--no-pager", "-q", "-o", "short-precise"];
    return [{
      kind: "first",
      of: [
        { kind: "command", argv: [...journal, "-n", lines, `--since=${since}`, "--until=now"] },
        { kind: "command", argv: ["dmesg"] },
      ],
    }];
  },
};
