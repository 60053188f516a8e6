/**
 * What a verdict rule is. A new one is a file that exports a {@linkcode VerdictRule}, and a line in
 * rules.ts, where its place among the others counts.
 * @module
 */
import type { Facts } from "./facts.ts";

/** The causes a verdict can name. */
export type VerdictKind =
  | "server_slow"
  | "server_error"
  | "network"
  | "credits"
  | "server_gone"
  | "auth"
  | "disk_full"
  | "local"
  | "host_metric"
  | "unclear";

/** One rule. */
export interface VerdictRule {
  /** Stable name, for the documentation and the tests. */
  name: string;
  /** The cause it names. */
  kind: VerdictKind;
  /** What must hold, in words. */
  when: string;
  /** Whether it applies. */
  holds(facts: Facts): boolean;
  /** The verdict in one line, without the name of the kind. */
  line(facts: Facts): string;
  /** What it rests on. */
  evidence(facts: Facts): string[];
}
