/**
 * The sections of the configuration beside the anomalies.
 * @module
 */
import * as z from "zod";
import { absolutePath, choice, flag, number } from "./fields.ts";

/**
 * Keys at the top level.
 * @ignore inferred type
 */
export const general = {
  watch_interval_sec: number({ min: 0.1, max: 3600 }, 1, {
    unit: "s",
    description:
      "Width of the sliding window, on event time, in which offending requests are counted.",
  }),
  aod_output_dir: absolutePath({
    description:
      "Directory of the bundles (below it, `batches/`). Made with mode 0700 where it is missing.",
    apply: "restart",
  }).default("/var/log/aod"),
};

/**
 * `cleanup`: the space watcher.
 * @ignore inferred type
 */
export const cleanup = z.strictObject({
  cleanup_interval_sec: number({ min: 1, max: 86_400 }, 60, {
    unit: "s",
    description: "Time between two passes of the space watcher.",
  }),
  max_log_age_days: number({ min: 0.001, max: 3650 }, 2, {
    unit: "days",
    description: "Sealed bundles older than this are deleted, except the newest.",
  }),
  max_total_log_size_mb: number({ min: 0.001, max: 1_048_576 }, 512, {
    unit: "MB (2^20 bytes)",
    description: "Sealed bundles are deleted, oldest first, until all fit; the newest stays.",
  }),
  min_free_mb: number({ min: 0, max: 1_048_576 }, 64, {
    unit: "MB (2^20 bytes)",
    description: "Collection pauses, with an alert, while the file system has less than this free.",
  }),
}, { error: "a mapping" });

/**
 * `audit`: what the agent did.
 * @ignore inferred type
 */
export const audit = z.strictObject({
  enabled: flag(true, {
    description:
      "Write audit.jsonl: starts, reloads, anomalies, actions with their status, deletions.",
  }),
}, { error: "a mapping" });

/**
 * `probe`: the kernel side. All of it is set when the probe is loaded.
 * @ignore inferred type
 */
export const probe = z.strictObject({
  hook_mode: choice(["auto", "fentry", "raw_tp"], "auto", {
    description:
      "How the probe hooks cifs: auto takes fentry where it loads, else the raw tracepoints alone.",
    apply: "restart",
  }),
  ring_size_kb: number({ min: 64, max: 262_144, powerOfTwo: true }, 4096, {
    unit: "KB (2^10 bytes)",
    description: "Size of the ring buffer for offending requests.",
    apply: "restart",
  }),
  recorder_slots: number({ min: 256, max: 1_048_576, powerOfTwo: true }, 16_384, {
    unit: "requests",
    description: "Requests that the flight recorder holds (256 bytes each); older ones go.",
    apply: "restart",
  }),
  max_in_flight: number({ min: 64, max: 1_048_576, integer: true }, 8192, {
    unit: "requests",
    description: "Requests that can be in flight at once over all connections.",
    apply: "restart",
  }),
}, { error: "a mapping" });

/**
 * `collector`: how bundles are filled.
 * @ignore inferred type
 */
export const collector = z.strictObject({
  max_concurrent_actions: number({ min: 1, max: 32, integer: true }, 4, {
    unit: "actions",
    description: "Quick actions that run at once.",
  }),
  requests_before_sec: number({ min: 0, max: 600 }, 10, {
    unit: "s",
    description: "How far requests.jsonl reaches back before the anomaly.",
  }),
  requests_after_sec: number({ min: 0, max: 60 }, 2, {
    unit: "s",
    description: "How far requests.jsonl reaches beyond the anomaly; the bundle is sealed after.",
  }),
  journal_lookback_sec: number({ min: 0, max: 3600 }, 10, {
    unit: "s",
    description: "How far journal actions reach back before the first offending request's start.",
  }),
}, { error: "a mapping" });
