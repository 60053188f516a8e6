/**
 * What the server says of the shares concerned, asked by `smbinfo` on their mount points. Read-only
 * subcommands only; `keys` would print decryption keys and is never run.
 * @module
 */
import type { Action, Step } from "./action.ts";
import { mountsOf } from "../mounts.ts";

/** Subcommands that tell something about a share that misbehaves, see smbinfo(1). */
export const SUBCOMMANDS: readonly string[] = [
  "filebasicinfo",
  "filestandardinfo",
  "filefsfullsizeinfo",
  "fsctl-getobjid",
  "list-snapshots",
  "quota",
];

const MOST_MOUNTS = 4;
/** A share that does not answer is a finding; it need not be waited for long. */
const ONE_ANSWER_MS = 2_000;

/** The action `smbinfo`. */
export const smbinfo: Action = {
  name: "smbinfo",
  description: "`smbinfo` on the mounts concerned (never `keys`).",
  timeout_sec: 10,
  max_output_kb: 1024,
  params: {},
  phase: "tail",
  programs: ["smbinfo"],
  plan({ mounts, anomaly }) {
    const shares = anomaly.patterns.map((pattern) => pattern.share);
    const concerned = mountsOf(mounts, shares).slice(0, MOST_MOUNTS);
    if (concerned.length === 0) {
      return [{ kind: "text", title: "smbinfo", text: "no SMB share is mounted\n" }];
    }
    return concerned.flatMap((mount) =>
      SUBCOMMANDS.map((subcommand): Step => ({
        kind: "command",
        argv: ["smbinfo", subcommand, mount.mount_point],
        timeout_ms: ONE_ANSWER_MS,
        last_if_timeout: true,
      }))
    );
  },
};
