/**
 * Slow requests: `acceptable_count` of them within the window, one that is an emergency, or one that
 * hangs.
 * @module
 */
import type { AnomalyConfig, LatencyAnomaly } from "../config/types.ts";
import type { Anomaly } from "./anomaly.ts";
import { BookDetector } from "./book_detector.ts";
import type { CaseBook } from "./case_book.ts";
import { type DetectContext, type Detector, type DetectorKind, MARK } from "./detector.ts";
import { copyRow } from "./evidence.ts";
import { COMMANDS, FLAG, OFFSET, RECORD_BYTES, type RowColumns, TWO_32, TYPE } from "./fields.ts";
import { SPECIAL, type Survey } from "./survey.ts";

/** Plain requests, slow or not, after which the short ways are tried again. */
const SHORT_WAY = 8;

/** The latency detector. */
class LatencyDetector extends BookDetector<LatencyAnomaly> {
  readonly countsPlain = true;
  #counted = 0;
  /** Per command: slow from here on, emergency from here on, and the lower of both. Infinity: never. */
  readonly #slow = new Float64Array(COMMANDS).fill(Infinity);
  readonly #emergency = new Float64Array(COMMANDS).fill(Infinity);
  readonly #floor = new Float64Array(COMMANDS).fill(Infinity);
  /** The same for the short way: lower halves, for what is below 2^32 ns; else no request passes. */
  readonly #slowLow = new Uint32Array(COMMANDS).fill(0xffffffff);
  readonly #emergencyLow = new Uint32Array(COMMANDS);
  readonly #floorLow = new Uint32Array(COMMANDS);
  /** Commands that count although they wait by design. */
  readonly #waits = new Uint8Array(COMMANDS);

  constructor(config: LatencyAnomaly, context: DetectContext) {
    super(config, context, rulesOf(config, context));
    for (const [command, ms] of Object.entries(config.thresholds_ms)) {
      this.#slow[Number(command)] = ms * 1e6;
    }
    for (const command of config.emergency_commands) {
      this.#emergency[command] = config.emergency_threshold_ms * 1e6;
    }
    for (const command of config.waiting_commands) this.#waits[command] = 1;
    for (let i = 0; i < COMMANDS; i++) {
      this.#floor[i] = Math.min(this.#slow[i], this.#emergency[i]);
      if (this.#slow[i] < TWO_32) this.#slowLow[i] = Math.ceil(this.#slow[i]);
      this.#emergencyLow[i] = Math.min(0xffffffff, Math.ceil(this.#emergency[i]));
      this.#floorLow[i] = Math.min(this.#slowLow[i], this.#emergencyLow[i]);
    }
  }

  observe(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number {
    this.#counted = 0;
    let row = from;
    while (row < to) {
      row = this.#repeats(columns, row, to, marks, survey);
      row = this.#skip(columns, row, to);
      row = this.#judge(columns, row, to, marks);
    }
    this.context.stats.violations[this.config.name] += this.#counted;
    return this.#counted;
  }

  /**
   * The short way through a burst that cools down: no emergencies, no hung requests, one group.
   * Compares halves of the 64-bit values, as doubles of them cost twice as much.
   * @returns the first row that needs more
   */
  #repeats(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number {
    const cooling = this.book.cooling();
    if (cooling === null || !cooling.runs) return from;
    const { untilLow, untilHigh } = cooling;
    const head = columns.u32[0];
    const ends = columns.u32[OFFSET.end_ns >> 3];
    const latencies = columns.u32[OFFSET.latency_ns >> 3];
    const slow = this.#slowLow;
    const emergency = this.#emergencyLow;
    const mixed = survey.odd || survey.special;
    const marking = !survey.alone;
    let worst = 0;
    let count = 0;
    let last = 0;
    let row = from;
    for (; row < to; row++) {
      const at = 2 * row;
      const word = head[at];
      if (mixed) {
        if ((word & 0xffff) !== TYPE.REQUEST || word >= COMMANDS << 16) continue;
        if ((head[at + 1] & SPECIAL) !== 0) break;
      }
      if (latencies[at + 1] !== 0) break;
      const latency = latencies[at];
      const command = (word >>> 16) & (COMMANDS - 1);
      if (latency >= emergency[command]) break;
      if (latency < slow[command]) continue;
      const high = ends[at + 1];
      if (high >= untilHigh && (high > untilHigh || ends[at] >= untilLow)) break;
      if (latency > worst) worst = latency;
      if (marking) marks[row] |= MARK.COUNTED;
      last = at;
      count++;
    }
    if (count > 0) {
      const time = (ends[last + 1] - this.baseHigh) * TWO_32 + (ends[last] - this.baseLow);
      cooling.repeats(count, time, worst);
      this.context.stats.cooled_down += count;
      this.#counted += count;
    }
    return row;
  }

  /** The short way past what cannot offend: below the lowest threshold, or no request (latency 0). */
  #skip(columns: RowColumns, from: number, to: number): number {
    const head = columns.u32[0];
    const latencies = columns.u32[OFFSET.latency_ns >> 3];
    const floor = this.#floorLow;
    let row = from;
    for (; row < to; row++) {
      const at = 2 * row;
      if (latencies[at + 1] !== 0) break;
      if (latencies[at] >= floor[(head[at] >>> 16) & (COMMANDS - 1)]) break;
    }
    return row;
  }

  /**
   * Judges rows until the end, or until the short way is worth a try again.
   * @returns the row it stopped at
   */
  #judge(columns: RowColumns, from: number, to: number, marks: Uint8Array): number {
    const head = columns.u32[0];
    const ends = columns.u32[OFFSET.end_ns >> 3];
    const latencies = columns.u32[OFFSET.latency_ns >> 3];
    const floor = this.#floor;
    const baseLow = this.baseLow;
    const baseHigh = this.baseHigh;
    let counted = 0;
    let row = from;
    let fast = 0;
    for (; row < to && fast < SHORT_WAY; row++) {
      const at = 2 * row;
      const word = head[at];
      // Command in the upper half: a request of a known command is below 32 << 16 and 1 below.
      if ((word & 0xffff) !== TYPE.REQUEST || word >= COMMANDS << 16) continue;
      const command = word >>> 16;
      const latency = latencies[at + 1] * TWO_32 + latencies[at];
      if (latency < floor[command]) {
        fast++;
        continue;
      }
      const time = (ends[at + 1] - baseHigh) * TWO_32 + (ends[at] - baseLow);
      const flags = head[at + 1];
      if ((flags & SPECIAL) !== 0) {
        if (!this.#special(columns, row, flags, command, time, latency, marks)) continue;
      } else {
        marks[row] |= MARK.COUNTED;
        this.#offence(columns, row, command, time, latency);
        fast++;
      }
      counted++;
    }
    this.#counted += counted;
    return row;
  }

  #offence(columns: RowColumns, row: number, command: number, time: number, latency: number) {
    const one = this.book.of(columns, row);
    const slow = latency >= this.#slow[command];
    if (latency >= this.#emergency[command]) {
      one.alarm("emergency", columns, row, time, latency, slow);
    } else {
      one.count(columns, row, time, latency);
    }
  }

  /** In flight, ended after it, or waiting by design. True when it is an offence of its own. */
  #special(
    columns: RowColumns,
    row: number,
    flags: number,
    command: number,
    time: number,
    latency: number,
    marks: Uint8Array,
  ): boolean {
    if ((flags & FLAG.WAITS_BY_DESIGN) !== 0 && this.#waits[command] === 0) return false;
    if ((flags & FLAG.IN_FLIGHT) !== 0) {
      if (!this.book.report(columns, row)) return false;
      // The kernel reports at the lowest threshold of all anomalies: this one's may be higher, and
      // then the end decides.
      if (latency < this.#emergency[command]) return false;
      marks[row] |= MARK.COUNTED;
      const slow = latency >= this.#slow[command];
      const one = this.book.of(columns, row);
      this.book.tellsOf(columns, row, one.alarm("hung", columns, row, time, latency, slow));
      return true;
    }
    if ((flags & FLAG.WAS_REPORTED) !== 0) {
      const cooling = this.book.ended(columns, row);
      if (cooling !== null) {
        marks[row] |= MARK.UPDATE;
        if (cooling !== undefined) this.#update(columns, row, cooling);
        return false;
      }
    }
    marks[row] |= MARK.COUNTED;
    this.#offence(columns, row, command, time, latency);
    return true;
  }

  #update(columns: RowColumns, row: number, cooling: NonNullable<ReturnType<CaseBook["ended"]>>) {
    const words = new Uint32Array(RECORD_BYTES >> 2);
    copyRow(columns, row, words, 0);
    const request = this.context.decode(new DataView(words.buffer), 0);
    const followup = cooling.ended(request, this.context.base);
    if (followup === null) return;
    this.context.stats.followups++;
    this.context.onFollowup(followup);
  }
}

function rulesOf(config: LatencyAnomaly, context: DetectContext): Anomaly["rules"] {
  const rules: Anomaly["rules"] = {};
  for (const [command, ms] of Object.entries(config.thresholds_ms)) {
    rules[context.names.command(Number(command))] = ms;
  }
  if (config.emergency_commands.length > 0) rules.emergency_ms = config.emergency_threshold_ms;
  return rules;
}

/** Registry entry of the latency detector. */
export const LATENCY: DetectorKind = {
  type: "latency",
  word: "Latency",
  tool: "smbslower",
  description:
    "requests that took as long as the threshold of their command, or longer; hung requests",
  noun: "slow requests",
  params: {},
  by_share: true,
  needs: () => ({}),
  create(config: AnomalyConfig, context: DetectContext): Detector {
    if (config.type !== "latency") {
      throw new TypeError(
        `Cannot make a latency detector: because ${config.name} is ${config.type}`,
      );
    }
    return new LatencyDetector(config, context);
  },
};
