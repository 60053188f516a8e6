/**
 * The last lines of the system log, from whichever of the usual places has them.
 * @module
 */
import { type Action, linesParameter, numberOf, type Step } from "./action.ts";

const FILES = ["/var/log/syslog", "/var/log/messages"];

/** The action `syslogs`. */
export const syslogs: Action = {
  name: "syslogs",
  description: "Tail of /var/log/syslog or /var/log/messages, else of the journal.",
  timeout_sec: 10,
  max_output_kb: 4096,
  params: { lines: linesParameter(100) },
  phase: "snapshot",
  programs: ["tail", "journalctl"],
  plan({ spec }) {
    const lines = String(numberOf(spec, "lines", 100));
    const files = FILES.map((file): Step => (
      { kind: "command", argv: ["tail", "-n", lines, "--", file] }
    ));
    const journal = ["journalctl", "--no-pager", "-q", "-o", "short-precise", "-n", lines];
    return [{ kind: "first", of: [...files, { kind: "command", argv: journal }] }];
  },
};
