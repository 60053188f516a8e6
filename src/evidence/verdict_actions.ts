/**
 * Which actions a bundle runs: those of its anomaly, and the cheap ones the verdict is made from.
 * @module
 */
import { BUILTIN_ACTIONS } from "../config/actions.ts";
import type { ActionSpec, Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";

function builtin(name: string): ActionSpec {
  const { timeout_sec, max_output_kb } = BUILTIN_ACTIONS[name];
  return { name, kind: "builtin", timeout_sec, max_output_kb, params: {} };
}

/** Run for every bundle, also where the configuration does not name them: the verdict needs them. */
export const VERDICT_ACTIONS: readonly ActionSpec[] = ["ss", "debugdata", "stats"].map(builtin);

/** The configured actions of an anomaly; a snapshot has those of `watcher.actions`. */
export function specFor(anomaly: Anomaly, config: Config): readonly ActionSpec[] {
  if (anomaly.type === "snapshot") return config.watcher.actions;
  const own = config.guardian.anomalies.find((configured) => configured.name === anomaly.name);
  return own?.actions ?? config.watcher.actions;
}
