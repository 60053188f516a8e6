/**
 * The names of the control block's counters and summaries: the one list of them. A name begins with
 * the role that writes it; units are in the name.
 * @module
 */

/** Counters and gauges. Totals never go down; a gauge says so. */
export const COUNTERS = [
  /** Records taken from the ring = queued + dropped_malformed. What finds no room waits in the ring. */
  "dispatcher_records",
  "dispatcher_bytes",
  "dispatcher_batches",
  "dispatcher_queued",
  /** Records whose size or type this build does not know. */
  "dispatcher_dropped_malformed",
  /** Ring slots the kernel side reserved and gave up (BPF_RINGBUF_DISCARD_BIT). */
  "dispatcher_discarded",
  "dispatcher_wakeups",
  "dispatcher_idle_waits",
  "dispatcher_in_flight_scans",
  "dispatcher_scan_failures",
  /** Gauge: bytes in the ring at the last wake-up. */
  "dispatcher_ring_backlog_bytes",
  /** Gauge: requests in flight at the last scan. */
  "dispatcher_in_flight",
  /** Records taken from the queue = counted + ignored + benign + updates + malformed. */
  "watcher_records",
  "watcher_batches",
  /** Records that counted for at least one anomaly. */
  "watcher_counted",
  /** Records the kernel let through (its rules are a superset) that no anomaly counts. */
  "watcher_ignored",
  "watcher_benign",
  /** Ends of requests that were reported while in flight. */
  "watcher_updates",
  "watcher_malformed",
  "watcher_anomalies",
  "watcher_emergencies",
  "watcher_hung",
  "watcher_followups",
  /** Offences that a cooldown turned into follow-ups. */
  "watcher_cooled_down",
  /** Detector groups (server, share) given up because there were too many. */
  "watcher_groups_evicted",
  "collector_accepted",
  "collector_sealed",
  "collector_sealed_bytes",
  "collector_failed",
  /** Anomalies not collected because the file system has less than its reserve. */
  "collector_refused_space",
  /** Anomalies not collected because the output directory could not be used. */
  "collector_refused_output_dir",
  "collector_dropped_full",
  "collector_followups",
  /** Gauge: bundles being collected now. */
  "collector_active",
  "collector_actions_run",
  "collector_actions_failed",
  "collector_actions_timed_out",
  /** Children that outlived SIGKILL (D state) and were left. */
  "collector_children_abandoned",
  /** Leftovers of an earlier run that were finished or removed at start. */
  "collector_recovered",
  /**
   * Events taken from the event log's ring = written + the dropped ones below, once all is settled.
   * They go on when the worker, the output or the programs are replaced.
   */
  "event_log_taken",
  "event_log_written",
  /** More events a second than event_log.max_events_per_sec. */
  "event_log_dropped_budget",
  "event_log_dropped_malformed",
  "event_log_dropped_disk_full",
  "event_log_dropped_io",
  /** What the output had not taken when its time to finish was over. */
  "event_log_dropped_abandoned",
  /** What a worker that ended had taken and not accounted for. */
  "event_log_dropped_worker",
  /** Records of all kinds: events, paths, gaps. */
  "event_log_records",
  "event_log_sleeps",
  /** Gauge: bytes in the event log's ring at the last look. */
  "event_log_ring_backlog_bytes",
  "controller_event_log_loads",
  /** Times that the event log stopped because its output took nothing, or because it hung twice. */
  "controller_event_log_failures",
  "controller_anomalies_received",
  "controller_anomalies_acknowledged",
  "controller_anomalies_resent",
  "controller_anomalies_dropped",
  "controller_followups_dropped",
  "controller_restarts",
  "controller_hangs",
  "controller_reloads",
  "controller_reloads_refused",
  "controller_snapshots",
  "controller_space_passes",
  "controller_bundles_deleted",
  "controller_bytes_deleted",
  "controller_audit_failures",
] as const;

/** Name of a counter. */
export type CounterName = typeof COUNTERS[number];

/** Those of them that go up and down. */
export const GAUGES = [
  "dispatcher_ring_backlog_bytes",
  "dispatcher_in_flight",
  "collector_active",
  "event_log_ring_backlog_bytes",
] as const satisfies readonly CounterName[];

/** Summaries: count, sum, maximum and a log2 histogram. Not kept with `--minimal`. */
export const SUMMARIES = [
  "dispatcher_batch_rows",
  "dispatcher_drain_us",
  "watcher_batch_rows",
  "watcher_batch_us",
  /** End of the deciding request to the watcher's decision. */
  "watcher_detect_us",
  /** Detection to the snapshot actions done. */
  "collector_snapshot_ms",
  /** Detection to the bundle sealed. */
  "collector_sealed_ms",
  /** Detection to acceptance by the collector, as the controller sees it. */
  "controller_relay_us",
] as const;

/** Name of a summary. */
export type SummaryName = typeof SUMMARIES[number];
