/**
 * All configured anomalies at work on one stream of records.
 * @module
 */
import type { AnomalyConfig, Config } from "../config/types.ts";
import { lateBuiltin } from "../os/late_builtin.ts";
import type { DetectContext, Detector } from "./detector.ts";
import { COMMANDS, type RowColumns, TYPE } from "./fields.ts";
import { MARK } from "./detector.ts";
import { DETECTORS } from "./registry.ts";
import { survey } from "./survey.ts";

/** What became of a batch: `records = counted + updates + benign + malformed + ignored`. */
export interface BatchFate {
  /** Rows judged. */
  records: number;
  /** Rows that offended. */
  counted: number;
  /** Ends of requests reported in flight. */
  updates: number;
  /** Failures that count only where they are named. */
  benign: number;
  /** Rows with a type or command that does not exist. */
  malformed: number;
  /** Rows that concern no anomaly. */
  ignored: number;
}

/** The detectors of a configuration. */
export class Guardian {
  readonly #context: DetectContext;
  #detectors: Detector[] = [];
  /** Detectors that can count plain requests. */
  #countPlain = 0;
  #marks = new Uint8Array(0);

  /** Makes the detectors of a configuration. */
  constructor(config: Config, context: DetectContext) {
    this.#context = context;
    this.configure(config);
  }

  /** The anomalies at work, in the order of the configuration. */
  get anomalies(): readonly AnomalyConfig[] {
    return this.#detectors.map((d) => d.config);
  }

  /**
   * Takes another configuration. An anomaly whose rules are unchanged keeps its window; one that
   * changed begins with an empty window, but keeps its cooldowns and its hung requests.
   */
  configure(config: Config): void {
    const context = this.#context;
    context.watchIntervalSec = config.watch_interval_sec;
    const before = new Map(this.#detectors.map((d) => [d.config.name, d]));
    // Metrics are judged where they are collected: metrics/trigger.ts.
    const anomalies = config.guardian.anomalies.filter(({ type }) => type !== "metric");
    this.#detectors = anomalies.map((anomaly) => {
      const previous = before.get(anomaly.name);
      if (previous !== undefined && sameRules(previous.config, anomaly)) {
        before.delete(anomaly.name);
        previous.resize(config.watch_interval_sec);
        return previous;
      }
      context.stats.violations[anomaly.name] ??= 0;
      const kind = DETECTORS.find((k) => k.type === anomaly.type);
      if (kind === undefined) {
        throw new TypeError(`Cannot watch for "${anomaly.name}": because of type ${anomaly.type}`);
      }
      const detector = kind.create(anomaly, context);
      if (previous !== undefined && previous.config.type === anomaly.type) {
        before.delete(anomaly.name);
        detector.inherit(previous);
      }
      return detector;
    });
    this.#countPlain = this.#detectors.filter((d) => d.countsPlain).length;
    for (const [name, dropped] of before) {
      dropped.tick(Infinity, true);
      if (!this.#detectors.some((d) => d.config.name === name)) {
        delete context.stats.violations[name];
      }
    }
  }

  /** Judges rows `from` (included) to `to` (excluded). */
  observe(columns: RowColumns, from: number, to: number): BatchFate {
    const records = to - from;
    const look = survey(columns, from, to);
    const plain = !look.odd && !look.failing && !look.special;
    look.alone = plain && this.#countPlain <= 1;
    if (this.#marks.length < to) this.#marks = new Uint8Array(Math.max(64, 8 * to));
    const marks = this.#marks;
    if (!look.alone) marks.fill(0, from, to);
    let counted = 0;
    for (const detector of this.#detectors) {
      counted += detector.observe(columns, from, to, marks, look);
    }
    if (!look.alone) counted = countedIn(marks, from, to);
    if (!plain && counted < records) return fateOf(columns, from, to, marks, counted);
    return { records, counted, updates: 0, benign: 0, malformed: 0, ignored: records - counted };
  }

  /** Tells the follow-ups that are due; call it about once a second, `final` at the end. */
  tick(final = false): void {
    const now = Number(this.#context.nowNs() - this.#context.base);
    for (const detector of this.#detectors) detector.tick(now, final);
  }

  /** Another probe has been loaded. */
  probeChanged(): void {
    for (const detector of this.#detectors) detector.probeChanged();
  }
}

function fateOf(
  columns: RowColumns,
  from: number,
  to: number,
  marks: Uint8Array,
  counted: number,
): BatchFate {
  const fate = { records: to - from, counted, updates: 0, benign: 0, malformed: 0, ignored: 0 };
  const head = columns.u32[0];
  for (let row = from; row < to; row++) {
    const mark = marks[row];
    if ((mark & MARK.COUNTED) !== 0) continue;
    const type = head[2 * row] & 0xffff;
    if ((mark & MARK.UPDATE) !== 0) fate.updates++;
    else if ((mark & MARK.BENIGN) !== 0) fate.benign++;
    else if (type < TYPE.REQUEST || type > TYPE.CONNECT_ERROR) fate.malformed++;
    else if (type === TYPE.REQUEST && head[2 * row] >>> 16 >= COMMANDS) fate.malformed++;
    else fate.ignored++;
  }
  return fate;
}

/** Rows marked as counted, four at a time. */
function countedIn(marks: Uint8Array, from: number, to: number): number {
  const words = new Uint32Array(marks.buffer);
  let row = from;
  let counted = 0;
  for (; row < to && (row & 3) !== 0; row++) counted += marks[row] & MARK.COUNTED;
  while (row + 4 <= to) {
    // Each byte of the sum holds up to 255 rows.
    const stop = Math.min(to - 3, row + 4 * 255);
    let sum = 0;
    for (; row < stop; row += 4) sum += words[row >> 2] & 0x01010101;
    counted += (sum & 255) + ((sum >>> 8) & 255) + ((sum >>> 16) & 255) + (sum >>> 24);
  }
  for (; row < to; row++) counted += marks[row] & MARK.COUNTED;
  return counted;
}

/** Actions do not matter to a detector: a change of them alone keeps the window. */
function sameRules(a: AnomalyConfig, b: AnomalyConfig): boolean {
  return lateBuiltin("node:util").isDeepStrictEqual({ ...a, actions: [] }, { ...b, actions: [] });
}
