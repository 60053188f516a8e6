/**
 * The detectors. A new one is a file that exports a {@linkcode DetectorKind}, and a line here: that
 * entry also says what the configuration and the kernel side must know of the kind.
 * @module
 */
import { type AnomalyKind, declareAnomalyKinds } from "../config/anomaly_kinds.ts";
import { CREDIT, RECONNECT } from "./connection.ts";
import type { DetectorKind } from "./detector.ts";
import { ERROR } from "./error.ts";
import { LATENCY } from "./latency.ts";
import { METRIC } from "./metrics/kind.ts";

/** Every kind that is judged by the records of the probe, by `type`. */
export const DETECTORS: readonly DetectorKind[] = [
  LATENCY,
  ERROR,
  RECONNECT,
  CREDIT,
];

/** Every kind of anomaly that can be configured. */
export const ANOMALY_KINDS: readonly AnomalyKind[] = [...DETECTORS, METRIC];

declareAnomalyKinds(ANOMALY_KINDS);
