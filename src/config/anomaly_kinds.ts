/**
 * What the configuration and the kernel side know of the kinds of anomalies. Each is declared by the
 * file that judges it, in src/detect; this room is below that one and cannot import it.
 * @module
 */
import type { Parameter } from "./parameter.ts";
import type { AnomalyConfig, Code } from "./types.ts";

/** Records that concern no single request: `enum aod_smb_type` of bpf/events.h, in small letters. */
export type KernelEvent = "op_error" | "connect_error" | "reconnect" | "credit";

/** What the kernel side must report for an anomaly, beside slow and failed requests. */
export interface KernelNeeds {
  /** Events. */
  events?: readonly KernelEvent[];
  /** Failed requests with these codes. */
  codes?: readonly Code[];
}

/** One kind of anomaly. */
export interface AnomalyKind {
  /** The effective `type`. */
  type: AnomalyConfig["type"];
  /** The `type` as written in the file, where any case will do. */
  word: string;
  /** The probe that feeds it. */
  tool: AnomalyConfig["tool"];
  /** One line for `aod doctor` and the reference: what counts. */
  description: string;
  /** What is counted, in the plural: "10 reconnects within 1 s". */
  noun: string;
  /** Keys of its own; Latency and Error have lists besides, in schema/anomalies.ts. */
  params: Readonly<Record<string, Parameter>>;
  /** Whether it can be counted per share; per server all can. */
  by_share: boolean;
  /** Pure. Latency and Error have thresholds and codes of their own: src/probe/smb/rules.ts. */
  needs(anomaly: AnomalyConfig): KernelNeeds;
}

const declared = new Map<string, AnomalyKind>();

/** Makes kinds known, in the order of the reference; src/detect/registry.ts calls it. */
export function declareAnomalyKinds(kinds: readonly AnomalyKind[]): void {
  for (const kind of kinds) declared.set(kind.type, kind);
}

/**
 * Every kind by its effective type.
 *
 * @throws {Error} before they are declared: importing src/evidence/configuration.ts does it.
 */
export function anomalyKinds(): ReadonlyMap<string, AnomalyKind> {
  if (declared.size === 0) {
    throw new Error("Cannot check a configuration: because no kinds of anomalies are declared yet");
  }
  return declared;
}
