/**
 * What a shell does, as the event log has it: the shell waits until it is logged.
 * @module
 */
import { type LogCounters, readLogCounters } from "../../../src/probe/event_log/counters.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { typesOf } from "./known_calls.ts";
import { type Logged, LoggedReader } from "./logged.ts";

/** What came of {@linkcode logShell}. */
export interface ShellLog {
  /** Of the shell. */
  pid: number;
  /** Its exit code. */
  code: number;
  events: Logged[];
  counters: LogCounters;
}

/** How {@linkcode logShell} logs. */
export interface ShellOptions {
  types: Parameters<typeof typesOf>;
  /** What it starts as well. */
  follow_children?: boolean;
  ring_bytes?: number;
  cwd?: string;
}

/** Runs commands of bash with these types of their events logged. */
export async function logShell(commands: string, options: ShellOptions): Promise<ShellLog> {
  const child = new Deno.Command("/bin/bash", {
    args: ["-c", `read word; ${commands}`],
    stdin: "piped",
    cwd: options.cwd,
  }).spawn();
  const probe = loadEventLog({
    types: typesOf(...options.types),
    filters: { pids: [child.pid], follow_children: options.follow_children ?? false },
    ring_bytes: options.ring_bytes ?? 1 << 20,
    leave_out_self: false,
  });
  const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  try {
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array([10]));
    await writer.close();
    const { code } = await child.status;
    reader.take();
    const counters = readLogCounters(probe.handles);
    return { pid: child.pid, code, events: reader.events, counters };
  } finally {
    reader.close();
    probe.close();
  }
}
