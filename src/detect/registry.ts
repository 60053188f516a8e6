/**
 * The detectors. A new one is a file that exports a {@linkcode DetectorKind}, and a line here: that
 * entry also says what the configuration and the kernel side must know of the kind.
 * @module
 */
import { declareAnomalyKinds } from "../config/anomaly_kinds.ts";
import { CREDIT, RECONNECT } from "./connection.ts";
import type { DetectorKind } from "./detector.ts";
import { ERROR } from "./error.ts";
import { LATENCY } from "./latency.ts";

/** Every kind of anomaly that can be configured, by `type`. */
export const DETECTORS: readonly DetectorKind[] = [
  LATENCY,
  ERROR,
  RECONNECT,
  CREDIT,
];

declareAnomalyKinds(DETECTORS);
