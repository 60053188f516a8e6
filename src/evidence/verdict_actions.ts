/**
 * Which actions a bundle runs: those of its anomaly, and the cheap ones the verdict is made from.
 * @module
 */
import type { ActionSpec, Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import type { Action } from "./actions/action.ts";
import { debugdata } from "./actions/debugdata.ts";
import { ss } from "./actions/ss.ts";
import { stats } from "./actions/stats.ts";

function withDefaults({ name, timeout_sec, max_output_kb }: Action): ActionSpec {
  return { name, kind: "builtin", timeout_sec, max_output_kb, params: {} };
}

/** Run for every bundle of SMB, also where the configuration does not name them: the verdict needs them. */
export const VERDICT_ACTIONS: readonly ActionSpec[] = [ss, debugdata, stats].map(withDefaults);

/** Those of {@linkcode VERDICT_ACTIONS} that a bundle runs unasked: a metric's verdict needs none. */
export function impliedFor(anomaly: Anomaly, specs: readonly ActionSpec[]): ActionSpec[] {
  if (anomaly.type === "metric") return [];
  return VERDICT_ACTIONS.filter(({ name }) => !specs.some((spec) => spec.name === name));
}

/** The configured actions of an anomaly; a snapshot has those of `watcher.actions`. */
export function specFor(anomaly: Anomaly, config: Config): readonly ActionSpec[] {
  if (anomaly.type === "snapshot") return config.watcher.actions;
  const own = config.guardian.anomalies.find((configured) => configured.name === anomaly.name);
  return own?.actions ?? config.watcher.actions;
}
