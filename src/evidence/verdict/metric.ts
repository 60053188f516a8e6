/**
 * The verdict on a metric anomaly: what fired is the finding.
 * @module
 */
import { farthest, metricText } from "../metric_text.ts";
import type { VerdictRule } from "./rule.ts";

/** Other metrics that are named. */
const SHOWN = 5;

/** Rule: the anomaly is one of the host's metrics. */
export const METRIC_RANGE: VerdictRule = {
  name: "metric-range",
  kind: "host_metric",
  when: "the anomaly is of type metric; the farthest is named first",
  holds: ({ anomaly }) => anomaly.type === "metric",
  line: ({ anomaly: { metrics = [] } }) => {
    const most = farthest(metrics);
    return most === null ? "a metric left its range" : metricText(most);
  },
  evidence: ({ anomaly: { metrics = [] } }) => {
    const most = farthest(metrics);
    return metrics.filter((found) => found !== most).slice(0, SHOWN).map(metricText);
  },
};
