/**
 * The SMB connections' sockets with what TCP knows of them: round trips, retransmissions, queues.
 * @module
 */
import type { Action } from "./action.ts";

/** The action `ss`. */
export const ss: Action = {
  name: "ss",
  description: "TCP sockets with their kernel state: `ss`.",
  timeout_sec: 10,
  max_output_kb: 4096,
  params: {},
  phase: "snapshot",
  programs: ["ss"],
  plan({ mounts }) {
    const ports = [...new Set([445, ...mounts.map((mount) => mount.port)])];
    const filter = ports.map((port) => `dport = :${port} or sport = :${port}`).join(" or ");
    return [{ kind: "command", argv: ["ss", "-tinoemp", `( ${filter} )`] }];
  },
};
