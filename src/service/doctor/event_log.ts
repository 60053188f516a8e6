/**
 * The kernel event log, where it is switched on: its programs, its ring, and room for its files.
 * @module
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { eventLogPath } from "../../config/event_log.ts";
import type { Config } from "../../config/types.ts";
import { type Check, fail, type Finding, ok, warn } from "./check.ts";

const MB = 2 ** 20;

/** The check of the event log. */
export const eventLog: Check = {
  name: "event_log",
  about: "the kernel event log: its programs (tp_btf), ring and output, where it is on",
  run({ config, uid, tryEventLog }) {
    if (!config.event_log.enabled) return [ok("off (event_log.enabled: false)")];
    if (uid !== 0) return [fail("its programs cannot be tried", "run aod doctor as root")];
    return [...programs(config, tryEventLog()), outputFile(config), room(config)];
  },
};

function programs(
  { event_log: { types, ring_size_kb } }: Config,
  trial: { missing: string[] } | { error: string },
): Finding[] {
  if ("error" in trial) return [fail(trial.error, "see kernel, btf and bpf")];
  const text =
    `tp_btf programs for ${types.length} event types load, with a ring of ${ring_size_kb} KB`;
  return [
    ok(text),
    ...trial.missing.map((error) => warn(`io_uring is not seen in full: ${error}`, "")),
  ];
}

function outputFile(config: Config): Finding {
  const path = eventLogPath(config);
  const info = lstat(path);
  if (info === null) return ok(`${path} will be made (0600)`);
  if (info.isSymlink) return fail(`${path} is a symbolic link`, "name the file itself");
  if (!info.isFile) return fail(`${path} is no regular file`, "name a file");
  if (info.uid !== 0) return fail(`${path} belongs to uid ${info.uid}`, `chown root ${path}`);
  return ok(`${path} is there and will be appended to`);
}

/** What the log may come to hold beside what must stay free. */
function room(config: Config): Finding {
  const { rotate_mb, keep, min_free_mb } = config.event_log;
  const path = eventLogPath(config);
  const { bavail, bsize } = statfsSync(existing(dirname(path)));
  const free_mb = Math.floor(bavail * bsize / MB);
  const text = `${free_mb} MB free on the file system of ${path}`;
  if (free_mb < min_free_mb) {
    return fail(
      `${text}, less than event_log.min_free_mb ${min_free_mb}: it stays off`,
      "free some",
    );
  }
  const most = rotate_mb * (keep + 1);
  if (rotate_mb === 0) return ok(`${text}; it stops when ${min_free_mb} MB are left`);
  if (free_mb < most + min_free_mb) {
    return warn(
      `${text}: too little for ${keep + 1} files of ${rotate_mb} MB and the reserve`,
      "free some, or lower event_log.keep or rotate_mb (compressed files take less)",
    );
  }
  return ok(text);
}

function lstat(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch {
    return null;
  }
}

function existing(path: string): string {
  return path === "/" || lstat(path) !== null ? path : existing(dirname(path));
}
