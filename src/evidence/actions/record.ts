/**
 * How one quick action went, as the manifest tells it.
 * @module
 */
import {
  afterCut,
  type CommandResult,
  type CommandStatus,
  STDERR_TAIL_BYTES,
} from "../run_command.ts";

/** One program that an action ran. */
export interface CommandRecord {
  /** Redacted. */
  argv: string[];
  /** How it ended. */
  status: CommandStatus;
  /** Exit status, null for none. */
  exit_code: number | null;
  /** Signal that ended it, null for none. */
  signal: string | null;
  /** Run time. */
  duration_ms: number;
  /** Bytes of standard output that were kept. */
  stdout_bytes: number;
}

/** Outcome of an action. "skipped": not started, the note says why. */
export type ActionStatus = CommandStatus | "skipped";

/** One action in the manifest. */
export interface ActionRecord {
  /** Name in the configuration. */
  name: string;
  /** Outcome. */
  status: ActionStatus;
  /** When it ran. */
  phase: "snapshot" | "tail";
  /** True: not in the configuration of the anomaly, run because the verdict needs it. */
  implied: boolean;
  /** Files it left in the bundle. */
  files: string[];
  /** ISO 8601, UTC. */
  started: string;
  /** Waiting for a free slot, before `started`. */
  waited_ms: number;
  /** Run time. */
  duration_ms: number;
  /** Of the last program that failed, else of the last one; null where none ran to its end. */
  exit_code: number | null;
  /** Signal that ended it, null for none. */
  signal: string | null;
  /** Output was cut at the cap. */
  truncated: boolean;
  /** What is to be said beyond the status, "" for nothing. */
  note: string;
  /** The last lines of standard error, at most 4 KB, redacted. */
  stderr: string;
  /** Programs it ran, in order. */
  commands: CommandRecord[];
}

/** Statuses from harmless to worst; an action has the worst of its commands'. */
const ORDER: readonly ActionStatus[] = [
  ...["ok", "skipped", "truncated", "failed", "missing"] as const,
  ...["killed", "timeout", "abandoned"] as const,
];

/** The worse of two outcomes. */
export function worse(a: ActionStatus, b: ActionStatus): ActionStatus {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/** A record before anything has happened. */
export function newRecord(
  name: string,
  phase: "snapshot" | "tail",
  implied: boolean,
): ActionRecord {
  return {
    name,
    status: "ok",
    phase,
    implied,
    files: [],
    started: new Date().toISOString(),
    waited_ms: 0,
    duration_ms: 0,
    exit_code: null,
    signal: null,
    truncated: false,
    note: "",
    stderr: "",
    commands: [],
  };
}

/** Adds a note to those there are. */
export function addNote(record: ActionRecord, note: string): void {
  if (note === "" || record.note.length > 4_000) return;
  record.note = record.note === "" ? note : `${record.note}; ${note}`;
}

/** Puts one command's outcome into the record; `counts: false` for a try that another one replaced. */
export function addCommand(record: ActionRecord, argv: string[], result: CommandResult): void {
  const { status, exit_code, signal, duration_ms, stdout_bytes } = result;
  record.commands.push({ argv, status, exit_code, signal, duration_ms, stdout_bytes });
  if (status !== "ok" || record.exit_code === null) {
    record.exit_code = exit_code;
    record.signal = signal;
  }
  record.truncated ||= status === "truncated";
  const stderr = record.stderr + result.stderr;
  record.stderr = stderr.length > STDERR_TAIL_BYTES
    ? afterCut(stderr.slice(-STDERR_TAIL_BYTES))
    : stderr;
  addNote(record, result.note);
}
