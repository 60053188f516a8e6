/**
 * What of a bundle is made from records, and by whom: the collector knows only these functions.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import type { NamedMetricAnomaly } from "../detect/metrics/metric_anomaly.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import type { ActionRecord } from "./actions/record.ts";

/** The verdict on one bundle. */
export interface VerdictLine {
  /** Machine name, e.g. "server_slow"; "unclear" where the evidence does not say. */
  kind: string;
  /** One line for people. */
  line: string;
  /** What the verdict rests on, one sentence each. */
  evidence: string[];
}

/** What the verdict and the README are made from. */
export interface Findings {
  /** What fired. */
  anomaly: Anomaly;
  /** Text of the logs of this bundle by action, redacted, each cut at 1 MB. */
  logs: ReadonlyMap<string, string>;
  /** How the quick actions went. */
  actions: readonly ActionRecord[];
  /** Metrics that left their range at that time, oldest first. */
  metrics: readonly NamedMetricAnomaly[];
  /** Series in metrics.jsonl; null where there is no such file. */
  series: number | null;
}

/** The text files that come from records rather than from quick actions. */
export interface Contents {
  /** Called when the anomaly arrives, before anything else; keeps what would be overwritten. */
  begin(anomaly: Anomaly, probe: ProbeHandles | null): void | Promise<void>;
  /** Text of anomaly.json. */
  anomalyJson(): string;
  /** Lines of requests.jsonl; called when the requests after the anomaly have been waited for. */
  requests(probe: ProbeHandles | null): AsyncIterable<string> | Iterable<string>;
  /** Called after {@linkcode requests}. */
  verdict(findings: Findings): VerdictLine;
  /** Text of README.txt. */
  readme(findings: Findings, verdict: VerdictLine): string;
}

/** Makes the contents of one bundle. */
export type ContentsFactory = (config: Config) => Contents;
