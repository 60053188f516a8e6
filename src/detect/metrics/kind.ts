/**
 * What the configuration knows of metric anomalies. Their records do not come from the probe, so there
 * is no detector of this kind: {@link MetricTriggers} of trigger.ts counts them in the platform.
 * @module
 */
import type { AnomalyKind } from "../../config/anomaly_kinds.ts";

/** Registry entry: metrics of the host that left their range. */
export const METRIC: AnomalyKind = {
  type: "metric",
  word: "Metric",
  tool: "collectors",
  description: "metrics of the host that left their range, as `ml` finds them",
  noun: "metric anomalies",
  params: {},
  by_share: false,
  needs: () => ({}),
};
