/**
 * The groups of one anomaly, and the hung requests it has been told of.
 * @module
 */
import type { AnomalyConfig } from "../config/types.ts";
import type { Anomaly } from "./anomaly.ts";
import { Case } from "./case.ts";
import type { Cooling } from "./cooldown.ts";
import type { DetectContext } from "./detector.ts";
import { bigField, FLAG, OFFSET, type RowColumns, wordField } from "./fields.ts";

/** Groups an anomaly keeps apart; what comes beyond counts in one group, {@linkcode OTHER}. */
export const MAX_GROUPS = 128;
/** Name of the group of everything beyond {@linkcode MAX_GROUPS}. */
export const OTHER = "(other)";
/** Hung requests remembered until they end; the oldest is forgotten first. */
export const MAX_REPORTED = 4096;
/** Window times all groups of an anomaly may hold together: 8 MB. */
const MAX_TIMES = 1 << 20;

/** Cases by group, bounded. */
export class CaseBook {
  readonly #config: AnomalyConfig;
  readonly #context: DetectContext;
  readonly #rules: Anomaly["rules"];
  readonly #cases = new Map<string, Case>();
  readonly #maxGroups: number;
  /** Requests reported in flight, by id, with the bundle that tells of each. */
  readonly #reported = new Map<string, Cooling | null>();
  #only: Case | null = null;

  /** A book without cases. */
  constructor(config: AnomalyConfig, context: DetectContext, rules: Anomaly["rules"]) {
    this.#config = config;
    this.#context = context;
    this.#rules = rules;
    const byMemory = Math.floor(MAX_TIMES / Math.max(1, config.acceptable_count));
    this.#maxGroups = Math.max(4, Math.min(MAX_GROUPS, byMemory));
    if (config.group_by === "none") this.#only = this.#case("");
  }

  /** The case a row belongs to. */
  of(columns: RowColumns, row: number): Case {
    if (this.#only !== null) return this.#only;
    const group = this.#groupOf(columns, row);
    const known = this.#cases.get(group);
    if (known !== undefined) return known;
    if (this.#cases.size >= this.#maxGroups) this.#forget();
    if (this.#cases.size < this.#maxGroups) return this.#case(group);
    this.#context.stats.groups_overflowed++;
    return this.#case(OTHER);
  }

  /** The cooldown of the burst, where there is one group only. */
  cooling(): Cooling | null {
    return this.#only === null ? null : this.#only.cooling.count;
  }

  /** True when this request was not yet reported in flight; remembers it. */
  report(columns: RowColumns, row: number): boolean {
    const key = requestKey(columns, row);
    if (this.#reported.has(key)) return false;
    if (this.#reported.size >= MAX_REPORTED) {
      for (const oldest of this.#reported.keys()) {
        this.#reported.delete(oldest);
        break;
      }
    }
    this.#reported.set(key, null);
    return true;
  }

  /** The bundle that tells of a request reported in flight. */
  tellsOf(columns: RowColumns, row: number, cooling: Cooling): void {
    this.#reported.set(requestKey(columns, row), cooling);
  }

  /**
   * The end of a request that was reported in flight: the bundle to update, null where the report was
   * below this anomaly's threshold, undefined where nothing is known of it.
   */
  ended(columns: RowColumns, row: number): Cooling | null | undefined {
    const key = requestKey(columns, row);
    const cooling = this.#reported.get(key);
    if (cooling !== undefined) this.#reported.delete(key);
    return cooling;
  }

  /** Another probe has been loaded: its ids begin again, and no request of the old one will end. */
  probeChanged(): void {
    this.#reported.clear();
  }

  /** Tells the follow-ups that are due. */
  tick(now: number, final: boolean): void {
    for (const one of this.#cases.values()) one.tick(now, final);
  }

  /** The window's width has changed. */
  resize(watchIntervalSec: number): void {
    for (const one of this.#cases.values()) one.window.resize(watchIntervalSec * 1e9);
  }

  /** Takes the cooldowns and hung requests of the same anomaly before a change. */
  inherit(previous: CaseBook): void {
    for (const [key, cooling] of previous.#reported) this.#reported.set(key, cooling);
    for (const [group, before] of previous.#cases) {
      const mine = this.#cases.get(group) ??
        (this.#only === null && this.#cases.size < this.#maxGroups ? this.#case(group) : undefined);
      if (mine === undefined) before.tick(Infinity, true);
      else mine.inherit(before);
    }
  }

  #case(group: string): Case {
    let one = this.#cases.get(group);
    if (one === undefined) {
      one = new Case(group, this.#config, this.#context, this.#rules);
      this.#cases.set(group, one);
    }
    return one;
  }

  /** Gives up the groups in which nothing has happened for two windows. */
  #forget(): void {
    const now = Number(this.#context.nowNs() - this.#context.base);
    for (const [group, one] of this.#cases) if (one.idle(now)) this.#cases.delete(group);
  }

  #groupOf(columns: RowColumns, row: number): string {
    const { names } = this.#context;
    if (this.#config.group_by === "server") {
      const id = bigField(columns, row, OFFSET.connection_id);
      return names.server(id) || `connection ${id}`;
    }
    if ((wordField(columns, row, OFFSET.flags) & FLAG.TREE_VALID) === 0) return "no share";
    const session = bigField(columns, row, OFFSET.session_id);
    const tree = wordField(columns, row, OFFSET.tree_id);
    return names.share(session, tree) || `tree ${tree} of session ${session.toString(16)}`;
  }
}

/** The probe's own id; where it has none, start and thread: (session, mid) is not unique. */
function requestKey(columns: RowColumns, row: number): string {
  const id = bigField(columns, row, OFFSET.request_id);
  if (id !== 0n) return id.toString();
  const start = bigField(columns, row, OFFSET.end_ns) - bigField(columns, row, OFFSET.latency_ns);
  return `${start}/${wordField(columns, row, OFFSET.tid)}`;
}
