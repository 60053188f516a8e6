/**
 * `event_log`: the kernel event log as a part of the service.
 * @module
 */
import * as z from "zod";
import { absolutePath, choice, type FieldInfo, flag, list, number } from "./fields.ts";

/** include/linux/threads.h, PID_MAX_LIMIT. */
const MAX_PID = 4_194_304;
/** (uid_t) -1 means "none". */
const MAX_UID = 0xffff_fffe;
/** TASK_COMM_LEN without the NUL, include/linux/sched.h. */
const MAX_COMM_BYTES = 15;
/** AOD_LOG_PREFIX_MAX of bpf/log_events.h without the NUL. */
const MAX_PREFIX_BYTES = 255;
/** More names than there are make no sense. */
const MAX_NAMES = 64;
const MAX_PIDS = 1024;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;
const names = "categories (file, process, network, user), event types or all";
const name = z.string({ error: "the name of an event type or category" });

/** A text of so many bytes, without control characters. */
function shortText(most: number, info: FieldInfo): z.ZodOptional<z.ZodString> {
  const allowed = `1 to ${most} bytes`;
  return z.string({ error: allowed }).min(1, { error: allowed })
    .regex(/^\P{Cc}*$/u, { error: allowed })
    .refine((text) => bytesOf(text) <= most, { error: allowed })
    .optional().meta({ apply: "reload", since: "0.1.0", ...info, allowed });
}

const uid = number({ min: 0, max: MAX_UID, integer: true }, 0, {
  description: "Only events of this real user id.",
});
const prefixError = {
  error: `an absolute path without '..', of at most ${MAX_PREFIX_BYTES} bytes`,
};
const path = (info: FieldInfo) => {
  const schema = absolutePath(info);
  return schema.optional().meta(schema.meta() ?? {});
};

const filters = z.strictObject({
  pid: list(
    z.number({ error: "a process id" }).int({ error: "a process id" })
      .min(1, { error: "a process id" }).max(MAX_PID, { error: "a process id" }),
    MAX_PIDS,
    `process ids from 1 to ${MAX_PID}`,
    { description: "Only events of these processes (thread groups)." },
  ).default([]),
  follow_children: flag(false, {
    description: "With `pid`: also what these processes start from then on.",
  }),
  uid: uid.unwrap().optional().meta(uid.meta() ?? {}),
  comm: shortText(MAX_COMM_BYTES, {
    description: "Only events of threads of this name, as the kernel has it.",
  }),
  cgroup: path({
    description:
      "Only events of this cgroup (v2) and those below it: a directory of /sys/fs/cgroup.",
  }),
  path_prefix: absolutePath({ description: "" })
    .refine((text) => bytesOf(text) <= MAX_PREFIX_BYTES, prefixError).optional().meta({
      description: "Only events whose file or name begins with this path.",
      allowed: prefixError.error,
      apply: "reload",
      since: "0.1.0",
    }),
}, { error: "a mapping" });

/**
 * `event_log`.
 * @ignore inferred type
 */
export const eventLog = z.strictObject({
  enabled: flag(false, {
    description: "Log file, process, network and user events of the kernel beside watching SMB.",
  }),
  types: list(name, MAX_NAMES, names, {
    description: "What is logged.",
  }).default(["file", "process", "network", "user"]),
  exclude: list(name, MAX_NAMES, names, {
    description: "What of `types` is not logged.",
  }).default([]),
  filters: filters.prefault({}),
  format: choice(["json", "text", "origin"], "json", {
    description: "JSON lines, text lines, or the raw records for `aod trace --read`.",
  }),
  output: path({
    description:
      "File of the log (0600). Without it `events/events.jsonl` (`events.log`, `events.aodrec` by format) below aod_output_dir.",
  }),
  rotate_mb: number({ min: 0, max: 1_048_576 }, 256, {
    unit: "MB (2^20 bytes)",
    description: "A new file begins before one gets longer; 0: no rotation by size.",
  }),
  rotate_sec: number({ min: 0, max: 2_000_000 }, 0, {
    unit: "s",
    description: "A new file begins after this time; 0: no rotation by time.",
  }),
  keep: number({ min: 0, max: 100_000, integer: true }, 8, {
    unit: "files",
    description:
      "Rotated files that are kept, besides the one being written. The space watcher (`cleanup`) neither deletes files of the event log nor counts them.",
  }),
  compress: flag(true, { description: "Compress rotated files (zstd)." }),
  fsync: choice(["never", "rotate", "interval"], "never", {
    description:
      "Wait for the disk: never, when a file is done, or when it is done and every second.",
  }),
  ring_size_kb: number({ min: 64, max: 1_048_576, powerOfTwo: true }, 32_768, {
    unit: "KB (2^10 bytes)",
    description:
      "Size of the event log's own ring buffer. A change loads the log's programs anew while it runs.",
  }),
  max_events_per_sec: number({ min: 0, max: 100_000_000, integer: true }, 0, {
    unit: "events",
    description:
      "Events beyond this many a second are not written but counted as dropped (budget), with a gap in the log; 0: no limit.",
  }),
  min_free_mb: number({ min: 0, max: 1_048_576 }, 256, {
    unit: "MB (2^20 bytes)",
    description:
      "The event log stops, with an alert, while the file system of its output has less than this free. More than cleanup.min_free_mb, so that bundles have room when the log has none.",
  }),
}, { error: "a mapping" });
