/**
 * What a quick action is: a plan of steps made from the anomaly. Steps are data; the runner carries
 * them out, so every action has the same limits, redaction and records.
 * @module
 */
import type { ActionDeclaration } from "../../config/actions.ts";
import type { Parameter } from "../../config/parameter.ts";
import type { ActionSpec } from "../../config/types.ts";
import type { Anomaly } from "../../detect/anomaly.ts";
import type { CifsMount } from "../mounts.ts";

/** One thing an action does. */
export type Step =
  /** Runs a program without a shell. */
  | CommandStep
  /** Copies a file of /proc or /sys, read in-process. */
  | { kind: "proc"; path: string }
  /** The same, but what `compare` makes of it is written. */
  | { kind: "delta"; path: string; title: string; compare: (text: string) => string }
  /** Text the agent has itself. */
  | { kind: "text"; title: string; text: string }
  /** The first of these that gives anything; the manifest says which it was. */
  | { kind: "first"; of: Step[] }
  /** Bytes kept by the action's background part, written to a file of their own. */
  | { kind: "bytes"; output: string; read: () => Promise<Uint8Array[]>; note: () => string };

/** A program to run. */
export interface CommandStep {
  /** Tells it from the other steps. */
  kind: "command";
  /** Program and arguments. */
  argv: string[];
  /** Standard output goes, as it is, to this file of the bundle instead of the log. */
  output?: string;
  /** Own time limit below that of the action. */
  timeout_ms?: number;
  /** The program runs until the limit by design: reaching it, or the cap, is success. */
  until_limit?: boolean;
  /** Exit statuses besides 0 that are no failure (lsof: 1 for "nothing found"). */
  ok_codes?: number[];
  /** Sent at the limit; default SIGTERM. */
  stop_signal?: Deno.Signal;
  /** A time-out ends the whole action: what comes after would hang too. */
  last_if_timeout?: boolean;
}

/** What an action may use to plan. */
export interface ActionContext {
  /** The action as configured. */
  spec: ActionSpec;
  /** What fired. */
  anomaly: Anomaly;
  /** Wall-clock ns of the start of the earliest offending request. */
  first_start_wall_ns: bigint;
  /** How long before the first offending request journals are read. */
  journal_lookback_sec: number;
  /** SMB mounts there are. */
  mounts: readonly CifsMount[];
}

/** The part of an action that runs between anomalies. */
export interface Background {
  /** Called once a bundle's plan is made; the steps see what the background part has kept. */
  steps(context: ActionContext): Step[];
  /** Ends it. */
  stop(): Promise<void>;
}

/** What an action runs. */
export interface ActionPlan {
  /** Its name in the configuration, or the kind of action it carries out. */
  name: string;
  /** snapshot: at once, with the others; tail: may take seconds, the bundle waits for it. */
  phase: "snapshot" | "tail";
  /** Programs of which at least one is needed, for `aod doctor`. */
  programs: readonly string[];
  /** Pure: the steps of one run. */
  plan(context: ActionContext): Step[];
  /** For actions that keep something between anomalies; null when these parameters need nothing. */
  background?(spec: ActionSpec): Background | null;
}

/** A built-in quick action: what it runs, and how the configuration knows it. */
export interface Action extends ActionPlan, ActionDeclaration {}

/** The parameter `lines` of actions that show the end of a log. */
export function linesParameter(fallback: number): Parameter {
  return {
    default: fallback,
    description: "Most lines kept, the newest.",
    unit: "lines",
    min: 1,
    max: 100_000,
  };
}

/** A parameter that is a number, or its default. */
export function numberOf(spec: ActionSpec, key: string, fallback: number): number {
  const value = spec.params[key];
  return typeof value === "number" ? value : fallback;
}

/** A parameter that is text, or its default. */
export function textOf(spec: ActionSpec, key: string, fallback: string): string {
  const value = spec.params[key];
  return typeof value === "string" ? value : fallback;
}

/** `--since` for journalctl: the look-back before the first offending request, in whole seconds. */
export function journalSince(context: ActionContext): string {
  const seconds = context.first_start_wall_ns / 1_000_000_000n;
  return `@${seconds - BigInt(Math.ceil(context.journal_lookback_sec))}`;
}
