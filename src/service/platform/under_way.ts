/**
 * The SMB requests that wait for their answer, as the API tells of them.
 * @module
 */
import type { SmbAnswer, SmbUnderWay } from "../../api/data_agent.ts";
import { smbCommandName } from "../../config/names/smb_commands.ts";
import { SMB_FLAG } from "../../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";
import type { SmbNames } from "./smb_latency.ts";

/** So many are told of, those first that wait longest. */
export const MOST_UNDER_WAY = 100;

/** What is told of them. */
export type UnderWayFigures = Pick<SmbAnswer, "in_flight" | "hung" | "under_way">;

/** Where nobody knows. */
export const NOT_KNOWN: Readonly<UnderWayFigures> = { in_flight: null, hung: null, under_way: [] };

/**
 * Counts all, names the oldest.
 * @param pending with their age as latency
 * @param hung_ms from this age on a request counts as hung, unless waiting is what it is for
 */
export function underWay(
  pending: readonly SmbRequest[],
  names: SmbNames,
  hung_ms: number,
): UnderWayFigures {
  const byAge = [...pending].sort((a, b) => Number(b.latency_ns - a.latency_ns));
  const stateOf = ({ flags, latency_ns }: SmbRequest): SmbUnderWay["state"] => {
    if ((flags & SMB_FLAG.WAITS_BY_DESIGN) !== 0) return "waiting";
    return Number(latency_ns) >= hung_ms * 1e6 ? "hung" : "under_way";
  };
  return {
    in_flight: byAge.length,
    hung: byAge.filter((request) => stateOf(request) === "hung").length,
    under_way: byAge.slice(0, MOST_UNDER_WAY).map((request) => {
      const { flags, session_id, tree_id, pid, comm, name = "" } = request;
      const tree = (flags & SMB_FLAG.TREE_VALID) !== 0 ? tree_id : 0;
      return {
        id: request.request_id.toString(),
        server: names.server(request.connection_id),
        share: names.share(session_id, tree),
        command: smbCommandName(request.command),
        age_ms: Number(request.latency_ns) / 1e6,
        state: stateOf(request),
        pid,
        comm,
        file: name,
      };
    }),
  };
}
