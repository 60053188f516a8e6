/**
 * Keys of `type: Metric`: metrics of the host that left their range, as the platform finds them.
 * @module
 */
import * as z from "zod";
import { choice, list, number } from "./fields.ts";

/** More than any host needs; each is compared with every metric anomaly. */
const MAX_PATTERNS = 64;
/** Of a pattern: as long as a metric's key may be. */
const MAX_PATTERN_CHARS = 128;
const patternAllowed = "a metric's key, * standing for any text (at most 8 of them)";
/** Printable and without blanks, as keys are; matching takes time for every `*`. */
const PATTERN = /^(?!(?:[^*]*\*){9})[!-~]+$/;

/**
 * The keys that every kind has, with what they mean for metrics.
 * @internal
 */
export const metricCommon = {
  tool: z.enum(["collectors"], { error: "collectors" }).default("collectors").meta({
    description: "What feeds it. May be left out.",
    allowed: "collectors",
    apply: "reload",
    since: "0.1.0",
  }),
  acceptable_count: number({ min: 1, max: 1000, integer: true }, 1, {
    unit: "events",
    description: "Fires as soon as this many metric anomalies lie within window_sec.",
  }),
  cooldown_sec: number({ min: 0, max: 86_400 }, 300, {
    unit: "s",
    description: "Repeats within this time are counted beside the bundle and open none.",
  }),
  group_by: choice(["none"], "none", { description: "All that match are counted together." }),
};

/**
 * Keys of `type: Metric` alone.
 * @ignore inferred type
 */
export const metric = z.strictObject({
  metrics: list(
    z.string({ error: patternAllowed }).max(MAX_PATTERN_CHARS, { error: patternAllowed })
      .regex(PATTERN, { error: patternAllowed }),
    MAX_PATTERNS,
    "metrics' keys with *, at least one",
    {
      description:
        "Which metrics count, as `cpu.total`, `disk.*` or `*`; docs/metrics.md has their keys. `host` is the state of the whole host, judged by the isolation forest.",
    },
  ).min(1, { error: `a list of metrics' keys with *, at least one and at most ${MAX_PATTERNS}` }),
  min_z_score: number({ min: 0, max: 1_000_000 }, 0, {
    unit: "standard deviations",
    description:
      "Metric anomalies nearer to the mean than this, on either side, do not count. 0: all do.",
  }),
  min_score: number({ min: 0, max: 1 }, 0, {
    description:
      "Anomalies of the isolation forest with a lower score do not count. 0: all from ml.anomaly_threshold on do.",
  }),
  window_sec: number({ min: 1, max: 86_400 }, 60, {
    unit: "s",
    description: "Width of the window in which acceptable_count is counted.",
  }),
});
