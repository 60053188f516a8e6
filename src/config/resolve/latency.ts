/**
 * A latency anomaly's effective thresholds.
 * @module
 */
import type * as z from "zod";
import { SMB_COMMAND_NAMES, SMB_COMMANDS, WAITING_COMMANDS } from "../names/smb_commands.ts";
import type { ConfigPath, Diagnostics } from "../diagnostics.ts";
import type { latency } from "../schema/anomalies.ts";
import type { LatencyAnomaly } from "../types.ts";
import { findCommand, lookUp, refuseOverlap, unknownCommand } from "./names.ts";

/** What mode, lists and thresholds come to. */
export type LatencyRules = Pick<
  LatencyAnomaly,
  | "default_threshold_ms"
  | "emergency_threshold_ms"
  | "thresholds_ms"
  | "emergency_commands"
  | "waiting_commands"
>;

/**
 * Applies mode, lists and what waits by design.
 *
 * @param partial Faults were reported already: what is left may well track nothing.
 * @internal
 */
export function resolveLatency(
  input: z.output<typeof latency>,
  path: ConfigPath,
  diagnostics: Diagnostics,
  partial = false,
): LatencyRules {
  const entries = input.track_commands.map((e) => typeof e === "string" ? { command: e } : e);
  const tracked = lookUp(
    entries.map((e) => e.command),
    (i) => {
      const entry = [...path, "track_commands", i];
      return typeof input.track_commands[i] === "string" ? entry : [...entry, "command"];
    },
    findCommand,
    unknownCommand,
    diagnostics,
  );
  const excluded = lookUp(
    input.exclude_commands,
    (i) => [...path, "exclude_commands", i],
    findCommand,
    unknownCommand,
    diagnostics,
  );
  const lists = { track: "track_commands", exclude: "exclude_commands" };
  refuseOverlap(tracked, excluded, lists, diagnostics);
  if (input.mode === "trackonly" && input.exclude_commands.length > 0) {
    diagnostics.warning([...path, "exclude_commands"], "ignored in mode trackonly", "key");
  }
  if (input.mode === "excludeonly" && input.track_commands.length > 0) {
    diagnostics.warning([...path, "track_commands"], "ignored in mode excludeonly", "key");
  }

  const own = new Map<number, number>();
  if (input.mode !== "excludeonly") {
    for (const { value, path: at } of tracked) {
      const i = at[path.length + 1] as number;
      own.set(value, entries[i].threshold ?? input.default_threshold_ms);
    }
  }
  const left = input.mode === "trackonly" ? [] : excluded.map((e) => e.value);
  const thresholds: Record<number, number> = {};
  for (let command = 0; command < SMB_COMMAND_NAMES.length; command++) {
    const named = own.get(command);
    if (named !== undefined) thresholds[command] = named;
    else if (input.mode !== "trackonly" && !left.includes(command) && !alwaysWaits(command)) {
      thresholds[command] = input.default_threshold_ms;
    }
  }
  const commands = Object.keys(thresholds).map(Number);
  if (commands.length === 0 && !partial) {
    const why = input.mode === "trackonly"
      ? "mode trackonly needs at least one entry in track_commands"
      : "exclude_commands leaves no command";
    diagnostics.error(path, `this anomaly tracks nothing: ${why}`, "key");
  }
  const slowest = Math.max(0, ...Object.values(thresholds));
  if (slowest > input.emergency_threshold_ms) {
    diagnostics.warning(
      [...path, "emergency_threshold_ms"],
      `below a threshold of ${slowest} ms: a single such request is an emergency before it is slow`,
    );
  }
  return {
    default_threshold_ms: input.default_threshold_ms,
    emergency_threshold_ms: input.emergency_threshold_ms,
    thresholds_ms: thresholds,
    emergency_commands: commands,
    waiting_commands: WAITING_COMMANDS.filter((c) => own.has(c)),
  };
}

/** A LOCK that may not block is a command like any other, and told from one that may in the kernel. */
function alwaysWaits(command: number): boolean {
  return command === SMB_COMMANDS.SMB2_CHANGE_NOTIFY;
}
