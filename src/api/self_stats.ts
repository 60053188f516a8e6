/**
 * `self` of `GET /stats`: what the agent costs and what its own parts have done.
 * @module
 */
import type { ProgramTimes } from "../bpf/program_time.ts";
import type { DetectionCounts } from "../detect/metrics/detection.ts";
import type { HistoryCounts } from "../sink/history/history_counts.ts";
import type { SubscriberStats } from "../stream/bus.ts";

/** See the module. */
export interface SelfStats {
  /** Of one core, over the last ten seconds; null before they are over. */
  cpu_percent: number | null;
  /** Resident memory. */
  rss_bytes: number;
  /** Limits in force (0: none), and what was shed to keep them, in the order in which it went. */
  budget: { cpu_percent: number; rss_mb: number; shed: string[] };
  /** Who takes events from the bus. */
  subscribers: SubscriberStats[];
  /** Learning; null while it is off. */
  detection: DetectionCounts | null;
  /** Metrics on disk; null while they are off. */
  history: HistoryCounts | null;
  /** Run time of the BPF programs. */
  bpf: ProgramTimes;
}
