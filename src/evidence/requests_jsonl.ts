/**
 * requests.jsonl: what the flight recorder held around an anomaly, one object a line. The first line
 * says what span is whole and how many requests the recorder had overwritten.
 * @module
 */
import { smbCommandName } from "../config/names/smb_commands.ts";
import { errnoName } from "../config/names/errno.ts";
import { ntstatusName } from "../config/names/ntstatus.ts";
import { isoOfWallNs, wallOfMonotonic } from "../os/clock.ts";
import { SMB_FLAG, SMB_TYPE } from "../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import type { Recording } from "./recorder.ts";

/** Names of servers, shares and mount points; "" or empty where not known. */
export interface PlaceNames {
  /** Host of a connection, "" where unknown. */
  server(connectionId: bigint): string;
  /** UNC of a tree connect, "" where unknown. */
  share(sessionId: bigint, treeId: number): string;
  /** Where a share is mounted. */
  mountPoints(unc: string): readonly string[];
}

/** Names for nothing: where no probe is loaded. */
export const NO_NAMES: PlaceNames = { server: () => "", share: () => "", mountPoints: () => [] };

/** One request as people and programs read it; ids are strings, so that nothing rounds them. */
export function requestObject(
  request: SmbRequest,
  names: PlaceNames,
  offsetNs: bigint,
): Record<string, unknown> {
  const { flags } = request;
  const has = (flag: number) => (flags & flag) !== 0;
  const share = has(SMB_FLAG.TREE_VALID) ? names.share(request.session_id, request.tree_id) : "";
  const split = has(SMB_FLAG.SPLIT_VALID);
  const answered = has(SMB_FLAG.STATUS_VALID);
  const isRequest = request.type === SMB_TYPE.REQUEST;
  return {
    end: isoOfWallNs(wallOfMonotonic(request.end_ns, offsetNs)),
    start: isoOfWallNs(wallOfMonotonic(request.end_ns - request.latency_ns, offsetNs)),
    end_ns: request.end_ns.toString(),
    type: typeName(request.type),
    command: isRequest ? smbCommandName(request.command) : null,
    latency_ms: milliseconds(request.latency_ns),
    status: answered ? ntstatusName(request.status) : null,
    error: request.error === 0 ? null : errnoName(request.error),
    server: names.server(request.connection_id),
    share,
    mount: share === "" ? [] : names.mountPoints(share),
    name: request.name ?? null,
    session_id: `0x${request.session_id.toString(16)}`,
    message_id: request.message_id.toString(),
    tree_id: has(SMB_FLAG.TREE_VALID) ? request.tree_id : null,
    connection_id: request.connection_id.toString(),
    request_id: request.request_id.toString(),
    is_compounded: has(SMB_FLAG.COMPOUNDED),
    bytes: has(SMB_FLAG.BYTES_VALID) ? request.bytes : null,
    queue_us: split ? request.queue_us : null,
    wire_us: split ? request.wire_us : null,
    wake_us: split ? request.wake_us : null,
    pid: request.pid,
    tid: request.tid,
    uid: request.uid,
    cgroup_id: request.cgroup_id.toString(),
    comm: request.comm,
    in_flight: has(SMB_FLAG.IN_FLIGHT),
    dropped: has(SMB_FLAG.DROPPED),
    waits_by_design: has(SMB_FLAG.WAITS_BY_DESIGN),
  };
}

/**
 * The file's lines, each with its line end.
 * @param pending requests that had no answer when the span ended; they come last
 */
export function* requestLines(
  recording: Recording,
  names: PlaceNames,
  offsetNs: bigint,
  pending: readonly SmbRequest[] = [],
): Generator<string> {
  const iso = (ns: bigint) => isoOfWallNs(wallOfMonotonic(ns, offsetNs));
  yield line({
    schema: "aod-requests-1",
    covered_from: iso(recording.covered_from_ns),
    covered_to: iso(recording.covered_to_ns),
    covered_from_ns: recording.covered_from_ns.toString(),
    covered_to_ns: recording.covered_to_ns.toString(),
    requests: recording.requests.length,
    in_flight: pending.length,
    overwritten: Number(recording.overwritten),
    torn: recording.torn,
  });
  for (const request of recording.requests) yield line(requestObject(request, names, offsetNs));
  for (const request of pending) yield line(requestObject(request, names, offsetNs));
}

/** Nanoseconds as milliseconds, exact to the nanosecond below 104 days. */
export function milliseconds(ns: bigint): number {
  return Number(ns) / 1e6;
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function typeName(type: number): string {
  for (const [name, value] of Object.entries(SMB_TYPE)) {
    if (value === type) return name.toLowerCase();
  }
  return `type ${type}`;
}
