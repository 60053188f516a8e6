/**
 * The commonest combinations of code, command, server, share and process among offending requests,
 * and the worst of them.
 * @module
 */
import type { SmbRequest } from "../probe/smb/request.ts";
import type { Pattern } from "./anomaly.ts";
import { FLAG, TYPE } from "./fields.ts";
import type { Names } from "./names.ts";

/** Requests an anomaly message carries. */
export const WORST = 20;
/** Patterns an anomaly message carries. */
export const PATTERNS = 5;

/** The word for what is wrong with a request: its NTSTATUS, else its errno, else "slow" or "hung". */
export function codeOf(request: SmbRequest, names: Names): string {
  switch (request.type) {
    case TYPE.RECONNECT:
      return "reconnect";
    case TYPE.CREDIT:
      return "credit";
  }
  if (request.flags & FLAG.IN_FLIGHT) return "hung";
  if (request.flags & FLAG.STATUS_VALID && request.status !== 0) {
    return names.status(request.status);
  }
  if (request.error !== 0) return names.errno(Math.abs(request.error));
  return "slow";
}

/** The word for what was asked: the command, or the kind of a connection event. */
export function commandOf(request: SmbRequest, names: Names): string {
  switch (request.type) {
    case TYPE.RECONNECT:
    case TYPE.CREDIT:
      return "";
    case TYPE.OP_ERROR:
      return "operation";
    case TYPE.CONNECT_ERROR:
      return "connect";
    default:
      return names.command(request.command);
  }
}

/** Share of a request; "" without a valid tree id. */
export function shareOf(request: SmbRequest, names: Names): string {
  return request.flags & FLAG.TREE_VALID ? names.share(request.session_id, request.tree_id) : "";
}

/** The {@linkcode PATTERNS} commonest patterns, most frequent first, ties in order of appearance. */
export function commonest(
  requests: readonly SmbRequest[],
  names: Names,
  latency: boolean,
): Pattern[] {
  const counts = new Map<string, Pattern>();
  for (const request of requests) {
    const hung = (request.flags & FLAG.IN_FLIGHT) !== 0;
    const pattern: Pattern = {
      count: 1,
      code: latency ? (hung ? "hung" : "slow") : codeOf(request, names),
      command: commandOf(request, names),
      server: names.server(request.connection_id),
      share: shareOf(request, names),
      process: request.comm,
    };
    const key = [pattern.code, pattern.command, pattern.server, pattern.share, pattern.process]
      .join("\0");
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, pattern);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, PATTERNS);
}

/** The {@linkcode WORST} longest requests, longest first; ties: the earlier end first. */
export function worst(requests: readonly SmbRequest[]): SmbRequest[] {
  return [...requests].sort((a, b) =>
    a.latency_ns !== b.latency_ns
      ? (a.latency_ns < b.latency_ns ? 1 : -1)
      : (a.end_ns < b.end_ns ? -1 : a.end_ns > b.end_ns ? 1 : 0)
  ).slice(0, WORST);
}
