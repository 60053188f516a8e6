/**
 * What can be asked of the running agent, done: for the control socket, signals and the API.
 * @module
 */
import { ConfigError, formatDiagnostic } from "../config/load.ts";
import type { SealedInfo } from "./bundles.ts";
import type { ConfigChange } from "./reload.ts";
import type { ControlCommand, ControlResponse } from "./socket/protocol.ts";
import type { AgentStatus } from "./status.ts";

/** Who does it: the controller. */
export interface CommandTarget {
  /** The agent now. */
  status(): AgentStatus;
  /** Takes a snapshot bundle; resolves when it is sealed. */
  snapshot(): Promise<SealedInfo>;
  /** Reads the configuration again. */
  reload(): ConfigChange[];
}

/** Does it. @throws Error where it cannot be done */
export async function runCommand(
  target: CommandTarget,
  command: ControlCommand,
): Promise<ControlResponse> {
  switch (command) {
    case "status":
      return { ok: true, result: target.status() };
    case "snapshot":
      return { ok: true, result: await target.snapshot() };
    case "reload":
      return runReload(target);
  }
}

/** A bad file is an answer with all its faults, not an error of the agent. */
export function runReload(target: CommandTarget): ControlResponse {
  try {
    return { ok: true, result: { changes: target.reload() } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = error.diagnostics.map(formatDiagnostic);
    return { ok: false, error: "the configuration is at fault; the old one stays", details };
  }
}
