/**
 * What a firing leaves behind: for `cooldown_sec` of event time repeats are counted, not fired, and
 * told as follow-ups of the bundle, at most one a second and a last one when the cooldown ends.
 * @module
 */
import type { AnomalyType } from "../config/types.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import type { FireReason, Followup } from "./anomaly.ts";

/** Least time between two follow-ups of one bundle. */
export const FOLLOWUP_INTERVAL_NS = 1_000_000_000;
/** Ends of hung requests told per bundle: as many as a bundle shows of the worst requests. */
export const ENDED_PER_BUNDLE = 20;

/** The follow-up state of one bundle. Times are doubles, ns since the owner's base. */
export class Cooling {
  /** Repeats so far. */
  count = 0;
  /** Longest repeat, ns. */
  worstLatency = 0;
  /** End of the newest repeat, ns. */
  lastEnd: number = -Infinity;
  /** Whether there is a cooldown at all, and its end as the halves of CLOCK_MONOTONIC ns. */
  readonly runs: boolean;
  /** Low half of the end, as in the columns. */
  readonly untilLow: number;
  /** High half of it. */
  readonly untilHigh: number;
  #told = 0;
  #toldAt = -Infinity;
  #ended = 0;

  /**
   * A cooldown without repeats.
   * @param id the bundle's id
   * @param until event time at which the cooldown ends; -Infinity without one
   * @param base CLOCK_MONOTONIC ns that `until` counts from
   */
  constructor(
    readonly id: string,
    readonly name: string,
    readonly type: AnomalyType,
    readonly reason: FireReason,
    readonly until: number,
    base: bigint,
  ) {
    this.runs = until > -Infinity;
    const end = this.runs ? base + BigInt(Math.floor(until)) : 0n;
    this.untilLow = Number(end & 0xffffffffn);
    this.untilHigh = Number(end >> 32n);
  }

  /** Counts a repeat. */
  repeat(time: number, latency: number): void {
    this.count++;
    if (latency > this.worstLatency) this.worstLatency = latency;
    if (time > this.lastEnd) this.lastEnd = time;
  }

  /** Counts several at once: the last one's time, the longest latency. */
  repeats(count: number, time: number, latency: number): void {
    this.repeat(time, latency);
    this.count += count - 1;
  }

  /** A follow-up with everything so far, or null when nothing is new or it is too early for one. */
  report(now: number, base: bigint, final: boolean): Followup | null {
    if (this.count === this.#told) return null;
    if (!final && now - this.#toldAt < FOLLOWUP_INTERVAL_NS) return null;
    this.#toldAt = now;
    this.#told = this.count;
    return this.#message(base);
  }

  /** The follow-up that carries the end of a request the bundle saw in flight; null past the limit. */
  ended(request: SmbRequest, base: bigint): Followup | null {
    const latency = Number(request.latency_ns);
    if (latency > this.worstLatency) this.worstLatency = latency;
    if (++this.#ended > ENDED_PER_BUNDLE) return null;
    this.#told = this.count;
    const message = this.#message(base);
    if (request.end_ns > message.last_end_ns) message.last_end_ns = request.end_ns;
    return { ...message, ended: request };
  }

  #message(base: bigint): Followup {
    return {
      id: this.id,
      name: this.name,
      type: this.type,
      reason: this.reason,
      count: this.count,
      worst_latency_ns: BigInt(Math.floor(this.worstLatency)),
      last_end_ns: this.lastEnd === -Infinity ? 0n : base + BigInt(Math.floor(this.lastEnd)),
    };
  }
}
