/**
 * What a live tool makes the kernel side report, in the words of the agent's configuration: so both
 * take the same way into the kernel.
 * @module
 */
import { SMB_COMMAND_NAMES, WAITING_COMMANDS } from "../../config/names/smb_commands.ts";
import type { AnomalyBase, Code, ErrorAnomaly, LatencyAnomaly } from "../../config/types.ts";
import { SMB_FLAG } from "../../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";

/** A request still in flight at this age is shown before it ends: the agent's default emergency. */
export const HUNG_MS = 1_000;

function base(tool: AnomalyBase["tool"]): Omit<AnomalyBase, "type"> {
  return {
    name: tool,
    tool,
    mode: "all",
    acceptable_count: 1,
    cooldown_sec: 0,
    group_by: "none",
    actions: [],
  };
}

/**
 * Requests of `commands` that took `ms` or longer; null: of every command, but those that wait by
 * design only where they do not. They must be named.
 */
export function slowRequests(
  ms: number,
  commands: number[] | null,
  excluded: number[],
): LatencyAnomaly {
  const wanted = (commands ?? SMB_COMMAND_NAMES.map((_name, code) => code))
    .filter((code) => !excluded.includes(code));
  return {
    ...base("smbslower"),
    type: "latency",
    default_threshold_ms: ms,
    emergency_threshold_ms: Math.max(ms, HUNG_MS),
    thresholds_ms: Object.fromEntries(wanted.map((code) => [code, ms])),
    emergency_commands: wanted,
    waiting_commands: commands === null ? [] : WAITING_COMMANDS.filter((c) => wanted.includes(c)),
  };
}

/** Requests that failed with one of `codes`; null: with any that is not benign. */
export function failedRequests(codes: Code[] | null): ErrorAnomaly {
  return {
    ...base("smbiosnoop"),
    type: "error",
    all_failures: codes === null,
    track_codes: codes ?? [],
    exclude_codes: [],
  };
}

/**
 * Whether a record has one of the codes; null: any. The kernel side reports connection events
 * whatever their code is.
 */
export function acceptsCodes(codes: Code[] | null): (request: SmbRequest) => boolean {
  if (codes === null) return () => true;
  return (request) =>
    codes.some(({ kind, value }) =>
      kind === "errno"
        ? Math.abs(request.error) === value
        : (request.flags & SMB_FLAG.STATUS_VALID) !== 0 && request.status === value
    );
}
