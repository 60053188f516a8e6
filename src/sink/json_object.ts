/**
 * An event that is an object as a line of JSON: the plain way, which the fast one (json.ts) is held
 * against, and the way for what comes seldom.
 * @module
 */
import { exact, wallMicros } from "../probe/event_log/log_event.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import { escapeControls } from "./escape.ts";

/** JSON with bigints as numbers, every digit of them (JSON.rawJSON, ECMAScript proposal, in V8). */
interface RawJson {
  rawJSON(text: string): unknown;
}

/** The JSON of an event, without a line end. */
export function jsonOfEvent(event: object): string {
  const { rawJSON } = JSON as unknown as RawJson;
  const text = JSON.stringify(
    event,
    (_key, value: unknown) => typeof value === "bigint" ? rawJSON(value.toString()) : value,
  );
  return escapeControls(text);
}

/** A process that existed when the log began, as an object with the keys of its JSON. */
export function snapshotObject(event: SnapshotEvent, offset_ns: bigint): Record<string, unknown> {
  const { pid } = event;
  return {
    timestamp: wallMicros(event.time_ns, offset_ns),
    category: "process",
    event_id: 0,
    event_type: "snapshot",
    syscall: null,
    comm: event.comm,
    pid,
    ppid: pid,
    process_type: "process",
    tid: pid,
    tgid: pid,
    parent_pid: event.parent_pid,
    uid: event.uid,
    cgroup_id: event.cgroup_id === null ? null : exact(event.cgroup_id),
    result: null,
    duration_ns: null,
    started: wallMicros(event.started_ns, offset_ns),
    threads: event.threads,
    exe: event.exe,
    argv: event.argv,
    cwd: event.cwd,
    ...(event.root === null ? {} : { root: event.root }),
    ...(event.argv_cut ? { argv_cut: true } : {}),
  };
}
