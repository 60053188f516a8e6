/**
 * Anomalies, configurations and contents for tests of the evidence room.
 * @module
 */
import { builtinAction } from "../../src/config/resolve/actions.ts";
import "../../src/evidence/configuration.ts";
import type { ActionSpec, Config } from "../../src/config/types.ts";
import type { Anomaly } from "../../src/detect/anomaly.ts";
import type { Contents } from "../../src/evidence/contents.ts";
import { EVENT_LOG_OFF, PLATFORM_OFF } from "./config.ts";
import { monotonicNs, wallNs } from "../../src/os/clock.ts";

// The C library stays open for the life of the process: opened here, it is no leak of a test.
monotonicNs();

/** A built-in action with its defaults, changed by `over`. */
export function builtin(name: string, over: Partial<ActionSpec> = {}): ActionSpec {
  const spec = builtinAction(name);
  if (spec === undefined) throw new Error(`no action ${name}`);
  return { ...spec, params: {}, ...over };
}

/** An action that runs a program. */
export function command(
  name: string,
  argv: string[],
  over: Partial<ActionSpec> = {},
): ActionSpec {
  const limits = { timeout_sec: 5, max_output_kb: 64 };
  return { name, kind: "command", command: argv, ...limits, params: {}, ...over };
}

/** A configuration whose one anomaly runs these actions. */
export function configOf(
  aod_output_dir: string,
  actions: ActionSpec[],
  over: Partial<Config> = {},
): Config {
  return {
    source: "test",
    watch_interval_sec: 1,
    aod_output_dir,
    guardian: {
      anomalies: [{
        name: "smb_latency",
        type: "latency",
        tool: "smbslower",
        mode: "all",
        acceptable_count: 10,
        cooldown_sec: 0,
        group_by: "none",
        actions,
        default_threshold_ms: 20,
        emergency_threshold_ms: 1000,
        thresholds_ms: { 8: 20 },
        emergency_commands: [8],
        waiting_commands: [],
      }],
    },
    watcher: { actions },
    cleanup: {
      cleanup_interval_sec: 60,
      max_log_age_days: 2,
      max_total_log_size_mb: 200,
      min_free_mb: 0,
    },
    audit: { enabled: false },
    event_log: EVENT_LOG_OFF,
    ...PLATFORM_OFF,
    probe: { hook_mode: "auto", ring_size_kb: 1024, recorder_slots: 1024, max_in_flight: 1024 },
    collector: {
      max_concurrent_actions: 4,
      requests_before_sec: 10,
      requests_after_sec: 0.1,
      journal_lookback_sec: 10,
    },
    ...over,
  };
}

let lastId = 0n;

/** A latency anomaly that fires now. */
export function anomalyNow(over: Partial<Anomaly> = {}): Anomaly {
  const now = monotonicNs();
  const wall = wallNs();
  lastId = wall > lastId ? wall : lastId + 1n;
  return {
    id: String(lastId),
    name: "smb_latency",
    type: "latency",
    reason: "count",
    group: "",
    count: 12,
    acceptable_count: 10,
    watch_interval_sec: 1,
    window_start_ns: now - 1_000_000_000n,
    window_end_ns: now,
    first_start_ns: now - 900_000_000n,
    detected_ns: now,
    worst: [],
    patterns: [],
    rules: {},
    ...over,
  };
}

/** The least that a bundle can hold; `password=hunter2` is there to be redacted. */
export function plainContents(): Contents {
  let anomaly: Anomaly | null = null;
  return {
    begin(taken) {
      anomaly = taken;
      return Promise.resolve();
    },
    anomalyJson: () => `${JSON.stringify({ anomaly: anomaly?.type, timestamp: anomaly?.id })}\n`,
    requests: () => ['{"command":"SMB2_READ","name":"password=hunter2"}\n'],
    verdict: ({ logs }) => ({
      kind: "unclear",
      line: "unclear: a test",
      evidence: [...logs.keys()],
    }),
    readme: (_, verdict) => `Verdict: ${verdict.line}\n`,
  };
}
