/**
 * The anomaly of a snapshot: nothing fired, a person asked (SIGUSR1, `aod snapshot`).
 * @module
 */
import type { Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import { monotonicNs } from "../os/clock.ts";

/** An anomaly of type `snapshot` over the window that ends now. */
export function snapshotAnomaly(id: string, config: Config, detected_ns = monotonicNs()): Anomaly {
  const window_start_ns = detected_ns - BigInt(Math.round(config.watch_interval_sec * 1e9));
  return {
    id,
    name: "snapshot",
    type: "snapshot",
    reason: "manual",
    group: "",
    count: 0,
    acceptable_count: 0,
    watch_interval_sec: config.watch_interval_sec,
    window_start_ns: window_start_ns > 0n ? window_start_ns : 0n,
    window_end_ns: detected_ns,
    first_start_ns: window_start_ns > 0n ? window_start_ns : 0n,
    detected_ns,
    worst: [],
    patterns: [],
    rules: {},
  };
}
