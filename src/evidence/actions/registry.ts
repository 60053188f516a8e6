/**
 * The one list of quick actions. A new one is one file and one line here (and its parameters in
 * src/config/actions.ts).
 * @module
 */
import type { ActionSpec } from "../../config/types.ts";
import type { Action } from "./action.ts";
import { debugdata } from "./debugdata.ts";
import { dmesg } from "./dmesg.ts";
import { journalctl } from "./journalctl.ts";
import { lsof } from "./lsof.ts";
import { mounts } from "./mounts.ts";
import { smbinfo } from "./smbinfo.ts";
import { ss } from "./ss.ts";
import { stats } from "./stats.ts";
import { syslogs } from "./syslogs.ts";
import { tcpdump } from "./tcpdump.ts";
import { command, file } from "./user.ts";

/** The built-in actions by name. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [dmesg, journalctl, syslogs, debugdata, stats, mounts, smbinfo, tcpdump, lsof, ss]
    .map((action) => [action.name, action]),
);

/** What a spec runs; null for a built-in action that this build does not have. */
export function actionOf(spec: ActionSpec): Action | null {
  if (spec.kind === "command") return command;
  if (spec.kind === "file") return file;
  return ACTIONS.get(spec.name) ?? null;
}
