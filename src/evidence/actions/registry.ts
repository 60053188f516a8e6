/**
 * The one list of quick actions. A new one is one file and one line here; that file also says what
 * the configuration must know of it, which is declared below.
 * @module
 */
import { declareActions } from "../../config/actions.ts";
import type { ActionSpec } from "../../config/types.ts";
import type { Action, ActionPlan } from "./action.ts";
import { debugdata } from "./debugdata.ts";
import { dmesg } from "./dmesg.ts";
import { host } from "./host.ts";
import { journalctl } from "./journalctl.ts";
import { lsof } from "./lsof.ts";
import { mounts } from "./mounts.ts";
import { smbinfo } from "./smbinfo.ts";
import { ss } from "./ss.ts";
import { stats } from "./stats.ts";
import { syslogs } from "./syslogs.ts";
import { tasks } from "./tasks.ts";
import { tcpdump } from "./tcpdump.ts";
import { command, file } from "./user.ts";

const BUILT_IN: readonly Action[] = [
  dmesg,
  journalctl,
  syslogs,
  debugdata,
  stats,
  mounts,
  smbinfo,
  tasks,
  host,
  tcpdump,
  lsof,
  ss,
];

/** The built-in actions by name. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  BUILT_IN.map((action) => [action.name, action]),
);

declareActions(BUILT_IN);

/** What a spec runs; null for a built-in action that this build does not have. */
export function actionOf(spec: ActionSpec): ActionPlan | null {
  if (spec.kind === "command") return command;
  if (spec.kind === "file") return file;
  return ACTIONS.get(spec.name) ?? null;
}
