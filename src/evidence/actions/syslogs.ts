/**
 * The last lines of the system log, from whichever of the usual places has them.
 * @module
 */
import { type Action, numberOf, type Step } from "./action.ts";

const FILES = ["/var/log/syslog", "/var/log/messages"];

export const syslogs: Action = {
  name: "syslogs",
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
