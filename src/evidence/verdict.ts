/**
 * The verdict: what most likely is the cause, in one line, and what that rests on. Pure.
 * @module
 */
import { slowEvidence, tcpEvidence } from "./verdict/evidence.ts";
import { type Facts, gatherFacts, type JudgeInput } from "./verdict/facts.ts";
import type { VerdictKind } from "./verdict/rule.ts";
import { VERDICT_RULES } from "./verdict/rules.ts";

export type { JudgeInput, VerdictKind };

/** A verdict with its reasons. */
export interface Verdict {
  /** The cause. */
  kind: VerdictKind;
  /** One line for people, begins with the words for the kind. */
  line: string;
  /** What it rests on, a line each. */
  evidence: string[];
  /** Name of the rule that held; "" where none did. */
  rule: string;
}

/** The words for a kind. */
export const KIND_WORDS: Readonly<Record<VerdictKind, string>> = {
  server_slow: "server slow",
  server_error: "server error",
  network: "network",
  credits: "credits",
  server_gone: "reconnect or server gone",
  auth: "authentication or permission",
  disk_full: "server disk full",
  local: "local (before or after the wire)",
  host_metric: "host metric",
  unclear: "unclear",
};

/** Judges an anomaly by the first rule that holds. */
export function judge(input: JudgeInput): Verdict {
  const facts = gatherFacts(input);
  const rule = VERDICT_RULES.find((candidate) => candidate.holds(facts));
  if (rule === undefined) {
    return { kind: "unclear", line: `unclear: ${whatOf(facts)}`, evidence: seen(facts), rule: "" };
  }
  return {
    kind: rule.kind,
    line: `${KIND_WORDS[rule.kind]}: ${rule.line(facts)}`,
    evidence: rule.evidence(facts),
    rule: rule.name,
  };
}

function whatOf({ anomaly, failures }: Facts): string {
  if (anomaly.type === "snapshot") return "a snapshot, nothing fired";
  if (anomaly.type === "error" && failures.length > 0) {
    return `${failures[0].code} on ${failures[0].command} names no cause`;
  }
  return "no rule fits what was seen";
}

/** What there is, where no rule held. */
function seen(facts: Facts): string[] {
  const out = facts.failures.slice(0, 5).map((f) => `${f.count}x ${f.code} on ${f.command}`);
  if (facts.slow_commands.length > 0) out.push(...slowEvidence(facts));
  return [...out, ...tcpEvidence(facts)];
}
