/**
 * The SMB connections' sockets with what TCP knows of them: round trips, retransmissions, queues.
 * @module
 */
import type { Action } from "./action.ts";

export const ss: Action = {
  name: "ss",
  phase: "snapshot",
  programs: ["ss"],
  plan({ mounts }) {
    const ports = [...new Set([445, ...mounts.map((mount) => mount.port)])];
    const filter = ports.map((port) => `dport = :${port} or sport = :${port}`).join(" or ");
    return [{ kind: "command", argv: ["ss", "-tinoemp", `( ${filter} )`] }];
  },
};
