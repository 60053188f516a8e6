/**
 * The kernel log since shortly before the first offending request; the whole of it where there is no
 * journal.
 * @module
 */
import { type Action, journalSince, numberOf } from "./action.ts";

export const dmesg: Action = {
  name: "dmesg",
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
