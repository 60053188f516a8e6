/**
 * The detectors. A new one is a file that exports a {@linkcode DetectorKind}, and a line here.
 * @module
 */
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
