/**
 * The state of one group of one anomaly: its window, its evidence and its cooldowns.
 * @module
 */
import type { AnomalyConfig } from "../config/types.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import type { Anomaly, FireReason } from "./anomaly.ts";
import { Cooling } from "./cooldown.ts";
import type { DetectContext } from "./detector.ts";
import { copyRow, EVIDENCE_ROWS, EvidenceRing } from "./evidence.ts";
import { RECORD_BYTES, type RowColumns } from "./fields.ts";
import { commonest, worst } from "./patterns.ts";
import { SlidingWindow } from "./window.ts";

/** The cooldowns of a case: one per kind of firing, so that none mutes another. */
export type Cooldowns = Record<Exclude<FireReason, "manual">, Cooling | null>;

/** Of a window with more offences than {@linkcode EVIDENCE_ROWS}, one in this many is kept. */
const SAMPLED = 16;

/** One group of one anomaly. */
export class Case {
  /** Times of what offended. */
  readonly window: SlidingWindow;
  /** What cools down, by what fired. */
  readonly cooling: Cooldowns = { count: null, emergency: null, hung: null };
  readonly #evidence: EvidenceRing;
  readonly #config: AnomalyConfig;
  readonly #context: DetectContext;
  readonly #rules: Anomaly["rules"];
  readonly #limit: number;

  /** A case with an empty window. */
  constructor(
    readonly group: string,
    config: AnomalyConfig,
    context: DetectContext,
    rules: Anomaly["rules"],
  ) {
    this.#config = config;
    this.#context = context;
    this.#rules = rules;
    this.#limit = Math.max(1, Math.floor(config.acceptable_count));
    this.window = new SlidingWindow(context.watchIntervalSec * 1e9, this.#limit);
    this.#evidence = new EvidenceRing(this.#limit);
  }

  /**
   * Counts an offence: a repeat while the burst cools down, else one more in the window, which fires
   * when full.
   */
  count(columns: RowColumns, row: number, time: number, latency: number): void {
    const cooling = this.cooling.count;
    if (cooling !== null) {
      if (time < cooling.until) {
        cooling.repeat(time, latency);
        this.#context.stats.cooled_down++;
        return;
      }
      this.#close("count");
    }
    if (this.#push(columns, row, time)) this.#fire("count", columns, row, time);
  }

  /**
   * One request that is an emergency or hangs: fires unless its own cooldown runs.
   * @param counts whether the request is also an offence of the burst window
   * @returns the follow-up state of the bundle it belongs to
   */
  alarm(
    reason: "emergency" | "hung",
    columns: RowColumns,
    row: number,
    time: number,
    latency: number,
    counts: boolean,
  ): Cooling {
    let cooling = this.cooling[reason];
    if (cooling !== null && time < cooling.until) {
      cooling.repeat(time, latency);
      this.#context.stats.cooled_down++;
      if (counts && this.cooling.count !== cooling) this.count(columns, row, time, latency);
      return cooling;
    }
    if (cooling !== null) this.#close(reason);
    const burst = this.cooling.count;
    const burstCools = burst !== null && time < burst.until;
    if (burst !== null && !burstCools) this.#close("count");
    if (counts && burstCools) burst.repeat(time, latency);
    const pushed = counts && !burstCools;
    const full = pushed && this.#push(columns, row, time);
    cooling = this.#fire(reason, columns, row, time, pushed ? 0 : 1);
    if (full) this.cooling.count = cooling;
    return cooling;
  }

  /** Nothing in it that could matter later: the group may be forgotten. */
  idle(now: number): boolean {
    const { count, emergency, hung } = this.cooling;
    return count === null && emergency === null && hung === null &&
      (this.window.size === 0 || this.window.newest < now - 2e9 * this.#context.watchIntervalSec);
  }

  /** Tells due follow-ups; a cooldown that is over by a second is closed. */
  tick(now: number, final: boolean): void {
    for (const reason of ["count", "emergency", "hung"] as const) {
      const cooling = this.cooling[reason];
      if (cooling === null) continue;
      if (final || now > cooling.until + 1e9) this.#close(reason);
      else this.#tell(cooling, now, false);
    }
  }

  /** Takes the cooldowns of the same group before a change of the configuration. */
  inherit(previous: Case): void {
    Object.assign(this.cooling, previous.cooling);
  }

  #push(columns: RowColumns, row: number, time: number): boolean {
    const size = this.window.add(time);
    if (size === 0) {
      this.#context.stats.late++;
      return false;
    }
    // Beyond what is kept anyway a sample does: copying every row would cost more than judging it.
    if (size <= EVIDENCE_ROWS || size % SAMPLED === 0) this.#evidence.add(columns, row, time);
    return size >= this.#limit;
  }

  #close(reason: keyof Cooldowns): void {
    const cooling = this.cooling[reason]!;
    this.#tell(cooling, Infinity, true);
    for (const key of ["count", "emergency", "hung"] as const) {
      if (this.cooling[key] === cooling) this.cooling[key] = null;
    }
  }

  #tell(cooling: Cooling, now: number, final: boolean): void {
    const followup = cooling.report(now, this.#context.base, final);
    if (followup === null) return;
    this.#context.stats.followups++;
    this.#context.onFollowup(followup);
  }

  /** @param beside offences that the window does not hold: an alarm that does not count for it */
  #fire(
    reason: keyof Cooldowns,
    columns: RowColumns,
    row: number,
    time: number,
    beside = 0,
  ): Cooling {
    const { window } = this;
    const context = this.#context;
    const config = this.#config;
    window.advance(time);
    const newest = window.newest;
    const start = newest - context.watchIntervalSec * 1e9;
    const requests = this.#requests(start, reason === "count" ? null : { columns, row });
    const id = context.ids.next();
    const counted = window.size;
    const full = counted >= this.#limit;
    if (full) {
      window.clear();
      this.#evidence.clear();
    }
    const cooling = new Cooling(
      id,
      config.name,
      config.type,
      reason,
      config.cooldown_sec > 0 ? newest + config.cooldown_sec * 1e9 : -Infinity,
      context.base,
    );
    this.cooling[reason] = cooling;
    context.stats.anomalies++;
    if (reason !== "count") context.stats[reason === "hung" ? "hung" : "emergencies"]++;
    context.onAnomaly({
      id,
      name: config.name,
      type: config.type,
      reason,
      group: this.group,
      count: Math.max(1, counted + beside),
      acceptable_count: config.acceptable_count,
      watch_interval_sec: context.watchIntervalSec,
      window_start_ns: context.base + BigInt(Math.floor(start)),
      window_end_ns: context.base + BigInt(Math.floor(newest)),
      first_start_ns: firstStart(requests),
      detected_ns: context.nowNs(),
      worst: worst(requests),
      patterns: commonest(requests, context.names, config.type === "latency"),
      rules: this.#rules,
    });
    return cooling;
  }

  /** The kept offences of the window, and the alarming row where the window does not hold it. */
  #requests(start: number, alarm: { columns: RowColumns; row: number } | null): SmbRequest[] {
    const view = this.#evidence.view();
    const requests = this.#evidence.since(start).map((at) => this.#context.decode(view, at));
    if (alarm === null) return requests;
    const words = new Uint32Array(RECORD_BYTES >> 2);
    copyRow(alarm.columns, alarm.row, words, 0);
    const request = this.#context.decode(new DataView(words.buffer), 0);
    const same = (r: SmbRequest) =>
      r.end_ns === request.end_ns && r.message_id === request.message_id && r.tid === request.tid;
    return requests.some(same) ? requests : [...requests, request];
  }
}

function firstStart(requests: readonly SmbRequest[]): bigint {
  let first: bigint | null = null;
  for (const r of requests) {
    const start = r.end_ns - r.latency_ns;
    if (first === null || start < first) first = start;
  }
  return first ?? 0n;
}
