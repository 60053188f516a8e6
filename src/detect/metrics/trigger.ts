/**
 * Configured metric anomalies at work: counts what the detectors of metrics find in a sliding window,
 * fires, and tells what comes during the cooldown as follow-ups, as SMB anomalies do.
 * @module
 */
import type { MetricTrigger } from "../../config/types.ts";
import type { Anomaly, Followup } from "../anomaly.ts";
import { Cooling } from "../cooldown.ts";
import type { IdSource } from "../ids.ts";
import { keyMatches } from "./key_match.ts";
import type { NamedMetricAnomaly } from "./metric_anomaly.ts";

/** Metric anomalies that a bundle names. */
export const MOST_NAMED = 20;

/** The rules of one; its actions do not matter here. */
export type TriggerRules = Omit<MetricTrigger, "actions">;

/** What it gets from outside. */
export interface TriggerContext {
  /** Ids of anomalies. */
  ids: IdSource;
  /** CLOCK_MONOTONIC ns. */
  nowNs(): bigint;
  /** How far wall time is ahead of it, ns. */
  wallOffsetNs(): bigint;
  /** Takes what fired. */
  onAnomaly(anomaly: Anomaly): void;
  /** Takes what came after. */
  onFollowup(followup: Followup): void;
}

interface Offence {
  /** CLOCK_MONOTONIC ns when it came: a wall clock that is set moves no window. */
  at: bigint;
  found: NamedMetricAnomaly;
}

/** One configured anomaly. */
class Trigger {
  readonly rules: TriggerRules;
  readonly #context: TriggerContext;
  readonly #base: bigint;
  #window: Offence[] = [];
  #cooling: Cooling | null = null;

  constructor(rules: TriggerRules, context: TriggerContext, base: bigint) {
    this.rules = rules;
    this.#context = context;
    this.#base = base;
  }

  /** Whether it counts. */
  offends(found: NamedMetricAnomaly): boolean {
    const { metrics, min_z_score, min_score } = this.rules;
    return Math.abs(found.z_score) >= min_z_score &&
      (found.score === undefined || found.score >= min_score) &&
      metrics.some((pattern) => keyMatches(pattern, found.metric_key));
  }

  count(found: NamedMetricAnomaly): void {
    const now = this.#context.nowNs();
    const time = Number(now - this.#base);
    if (this.#cooling !== null) {
      if (time < this.#cooling.until) return this.#cooling.repeat(time, 0);
      this.#close();
    }
    const { window_sec, acceptable_count } = this.rules;
    const start = now - seconds(window_sec);
    this.#window = this.#window.filter(({ at }) => at > start);
    this.#window.push({ at: now, found });
    if (this.#window.length >= acceptable_count) this.#fire(now, start);
  }

  /** Tells a due follow-up; closes a cooldown that is over. */
  tick(final: boolean): void {
    const cooling = this.#cooling;
    if (cooling === null) return;
    const time = Number(this.#context.nowNs() - this.#base);
    if (final || time > cooling.until) this.#close();
    else this.#tell(cooling, time, false);
  }

  /** Takes the cooldown of the same anomaly before a change of its rules. */
  inherit(previous: Trigger): void {
    this.#cooling = previous.#cooling;
  }

  #fire(now: bigint, start: bigint): void {
    const { name, type, cooldown_sec, acceptable_count, window_sec } = this.rules;
    const offences = this.#window.map(({ found }) => found);
    this.#window = [];
    const id = this.#context.ids.next();
    const times = offences.map(({ timestamp }) => this.#monotonic(timestamp, now));
    const earliest = times.reduce((a, b) => a < b ? a : b);
    const latest = times.reduce((a, b) => a > b ? a : b);
    if (cooldown_sec > 0) {
      const until = Number(now - this.#base) + cooldown_sec * 1e9;
      this.#cooling = new Cooling(id, name, type, "count", until, this.#base);
    }
    this.#context.onAnomaly({
      id,
      name,
      type,
      reason: "count",
      group: "",
      count: offences.length,
      acceptable_count,
      watch_interval_sec: window_sec,
      window_start_ns: start > 0n ? start : 0n,
      window_end_ns: latest,
      first_start_ns: earliest,
      detected_ns: now,
      worst: [],
      patterns: [],
      rules: rulesText(this.rules),
      metrics: farthestFirst(offences).slice(0, MOST_NAMED),
    });
  }

  /** Of a wall-clock time, never later than now: the clock may have been set meanwhile. */
  #monotonic(timestamp_sec: number, now: bigint): bigint {
    const at = BigInt(Math.round(timestamp_sec * 1e9)) - this.#context.wallOffsetNs();
    const oldest = now - seconds(this.rules.window_sec);
    return at > now ? now : at < oldest ? (oldest > 0n ? oldest : 0n) : at;
  }

  #close(): void {
    if (this.#cooling !== null) this.#tell(this.#cooling, Infinity, true);
    this.#cooling = null;
  }

  #tell(cooling: Cooling, time: number, final: boolean): void {
    const followup = cooling.report(time, this.#base, final);
    if (followup !== null) this.#context.onFollowup(followup);
  }
}

/** All configured metric anomalies. */
export class MetricTriggers {
  readonly #context: TriggerContext;
  readonly #base: bigint;
  #triggers: Trigger[] = [];
  #violations: Record<string, number> = {};

  /** None. */
  constructor(context: TriggerContext) {
    this.#context = context;
    this.#base = context.nowNs();
  }

  /** Takes other rules. What is unchanged keeps its window, what changed keeps its cooldown. */
  configure(all: readonly TriggerRules[]): void {
    const before = new Map(this.#triggers.map((trigger) => [trigger.rules.name, trigger]));
    this.#triggers = all.map((rules) => {
      const previous = before.get(rules.name);
      before.delete(rules.name);
      if (previous !== undefined && sameRules(previous.rules, rules)) return previous;
      const trigger = new Trigger(rules, this.#context, this.#base);
      if (previous !== undefined) trigger.inherit(previous);
      return trigger;
    });
    for (const dropped of before.values()) dropped.tick(true);
  }

  /** What a detector found. */
  observe(found: NamedMetricAnomaly): void {
    for (const trigger of this.#triggers) {
      if (!trigger.offends(found)) continue;
      const { name } = trigger.rules;
      this.#violations[name] = (this.#violations[name] ?? 0) + 1;
      trigger.count(found);
    }
  }

  /** Tells follow-ups that are due; call it about once a second, `final` at the end. */
  tick(final = false): void {
    for (const trigger of this.#triggers) trigger.tick(final);
  }

  /** Offences by anomaly since the last call. */
  takeViolations(): Record<string, number> {
    const taken = this.#violations;
    this.#violations = {};
    return taken;
  }
}

/** Rules are plain data whose keys the configuration puts in one order. */
function sameRules(a: TriggerRules, b: TriggerRules): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** For anomaly.json. */
function rulesText({ metrics, min_z_score, min_score }: TriggerRules): Anomaly["rules"] {
  return { metrics: metrics.join(", "), min_z_score, min_score };
}

function farthestFirst(found: readonly NamedMetricAnomaly[]): NamedMetricAnomaly[] {
  return [...found].sort((a, b) => Math.abs(b.z_score) - Math.abs(a.z_score));
}

function seconds(sec: number): bigint {
  return BigInt(Math.round(sec * 1e9));
}
