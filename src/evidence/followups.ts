/**
 * `<id>.followup.json` beside a bundle: what was counted while its anomaly cooled down.
 * @module
 */
import * as z from "zod";
import type { Followup } from "../detect/anomaly.ts";
import { wallOffsetNs } from "../os/clock.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import { exists, hasCode, readStart, replaceFile } from "./files.ts";
import { followupName, partialName, sealedName } from "./names.ts";
import { NO_NAMES, requestObject } from "./requests_jsonl.ts";

const LIMIT_BYTES = 1_048_576;
/** Ends of hung requests that are listed; more are only counted. */
const MOST_ENDED = 100;

/** Content of the file. */
export interface FollowupFile {
  /** Id of the bundle. */
  id: string;
  /** The anomaly's key in the configuration. */
  name: string;
  /** Its type. */
  type: string;
  /** Messages merged into this file. */
  updates: number;
  /** Offending requests during the cooldown. */
  count: number;
  /** The same by why the anomaly would have fired. */
  by_reason: Record<string, number>;
  /** Longest of them. */
  worst_latency_ms: number;
  /** CLOCK_MONOTONIC ns of the newest, as decimal text. */
  last_end_ns: string;
  /** ISO 8601, UTC: when this was written. */
  updated: string;
  /** Requests that were hung when the bundle was made and have ended since, at most 100. */
  ended: Record<string, unknown>[];
  /** How many have. */
  ended_count: number;
}

const FILE: z.ZodType<FollowupFile> = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  updates: z.number(),
  count: z.number(),
  by_reason: z.record(z.string(), z.number()),
  worst_latency_ms: z.number(),
  last_end_ns: z.string().regex(/^\d+$/),
  updated: z.string(),
  ended: z.array(z.record(z.string(), z.unknown())),
  ended_count: z.number(),
});

/**
 * Merges a message into what is known. A message carries the count so far, so one that is lost, or
 * comes twice, changes nothing in the end. Pure.
 */
export function mergeFollowup(known: FollowupFile | null, message: Followup): FollowupFile {
  const old = known ?? {
    ...{ id: message.id, name: message.name, type: message.type as string },
    ...{ updates: 0, count: 0, by_reason: {}, worst_latency_ms: 0, last_end_ns: "0" },
    ...{ updated: "", ended: [], ended_count: 0 },
  };
  const worst = Number(message.worst_latency_ns / 1000n) / 1000;
  const last = BigInt(old.last_end_ns);
  const by_reason = { ...old.by_reason };
  by_reason[message.reason] = Math.max(by_reason[message.reason] ?? 0, message.count);
  const ended = [...old.ended];
  const end = message.ended === undefined ? null : endOf(message.ended);
  const isNew = end !== null && !ended.some((e) => sameEnd(e, end));
  if (isNew && ended.length < MOST_ENDED) ended.push(end);
  return {
    ...old,
    updates: old.updates + 1,
    count: Object.values(by_reason).reduce((sum, count) => sum + count, 0),
    by_reason,
    worst_latency_ms: Math.max(old.worst_latency_ms, worst),
    last_end_ns: String(message.last_end_ns > last ? message.last_end_ns : last),
    updated: new Date().toISOString(),
    ended,
    ended_count: old.ended_count + (isNew ? 1 : 0),
  };
}

/** What is known about a bundle's cooldown; null for nothing, also when the file is not sound. */
export async function readFollowup(batches: string, id: string): Promise<FollowupFile | null> {
  try {
    const text = await readStart(`${batches}/${followupName(id)}`, LIMIT_BYTES);
    return FILE.parse(JSON.parse(text));
  } catch (error) {
    if (hasCode(error, "ENOENT") || error instanceof SyntaxError || error instanceof z.ZodError) {
      return null;
    }
    throw error;
  }
}

/**
 * Merges a message into its file; nothing where the bundle is gone (the space watcher took it).
 * @param coming the bundle is being collected or waits for it: it need not be there yet
 */
export async function addFollowup(
  batches: string,
  message: Followup,
  coming: boolean,
): Promise<void> {
  const { id } = message;
  const bundle = [sealedName(id), partialName(id)].map((name) => exists(`${batches}/${name}`));
  if (!coming && !(await Promise.all(bundle)).includes(true)) return;
  const known = await readFollowup(batches, id);
  const merged = mergeFollowup(known, message);
  await replaceFile(batches, followupName(id), `${JSON.stringify(merged)}\n`);
}

function sameEnd(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return a.request_id === b.request_id && a.end_ns === b.end_ns && a.message_id === b.message_id;
}

/** As in anomaly.json, where the request with this id has what was known before its end. */
function endOf(request: SmbRequest): Record<string, unknown> {
  const { request_id, command, end, end_ns, latency_ms, status, error, message_id, pid, comm } =
    requestObject(request, NO_NAMES, wallOffsetNs());
  return { request_id, command, end, end_ns, latency_ms, status, error, message_id, pid, comm };
}
