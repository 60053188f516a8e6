/**
 * Failed requests, operations and connections: `acceptable_count` of them within the window.
 *
 * A request is judged by its NTSTATUS first, because the client's errno is a poor guess of it: a
 * logon's MORE_PROCESSING_REQUIRED comes out as EIO.
 * @module
 */
import { BENIGN_NTSTATUS } from "../config/names/ntstatus.ts";
import type { AnomalyConfig, Code, ErrorAnomaly } from "../config/types.ts";
import { type Anomaly, EVERY_FAILURE } from "./anomaly.ts";
import { BookDetector } from "./book_detector.ts";
import type { Cooling } from "./cooldown.ts";
import { type DetectContext, type Detector, type DetectorKind, MARK } from "./detector.ts";
import { FLAG, OFFSET, type RowColumns, TWO_32, TYPE } from "./fields.ts";
import type { Survey } from "./survey.ts";

/** MS-ERREF 2.3: both severity bits set is an error; warnings count only where they are named. */
const SEVERITY_ERROR = 0xc0000000;

const BENIGN = new Set(BENIGN_NTSTATUS);
/** MS-ERREF 2.3.1: the client gave a waiting request up. */
const STATUS_CANCELLED = 0xc0000120;
/** The caller was interrupted (EINTR, ERESTARTSYS): nothing the server or the network did. */
const INTERRUPTED = new Set([4, 512]);

/** The error detector. */
class ErrorDetector extends BookDetector<ErrorAnomaly> {
  readonly countsPlain = false;
  readonly #statuses: Map<number, boolean>;
  readonly #errnos: Map<number, boolean>;

  constructor(config: ErrorAnomaly, context: DetectContext) {
    super(config, context, rulesOf(config));
    this.#statuses = rulesByValue(config, "ntstatus");
    this.#errnos = rulesByValue(config, "errno");
  }

  observe(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number {
    if (!survey.failing) return 0;
    const head = columns.u32[0];
    const ends = columns.u32[OFFSET.end_ns >> 3];
    const latencies = columns.u32[OFFSET.latency_ns >> 3];
    // status is the upper word of its lane, error the lower word of the next.
    const statuses = columns.u32[OFFSET.status >> 3];
    const errors = columns.u32[OFFSET.error >> 3];
    let counted = 0;
    // Repeats of a burst that cools down are added up here, where there is one group only.
    let cooling = this.book.cooling();
    let repeats = 0, worst = 0, last = -Infinity;
    // A storm of failures is one failure many times: its judgement is remembered.
    let lastHead = 0, lastFlags = 0, lastStatus = 0, lastError = 0, lastMark = 0;
    for (let row = from; row < to; row++) {
      const at = 2 * row;
      const status = statuses[at + 1];
      const error = errors[at];
      if ((status | error) === 0) continue;
      const flags = head[at + 1];
      if ((flags & FLAG.IN_FLIGHT) !== 0) continue;
      if (
        status !== lastStatus || error !== lastError || flags !== lastFlags || head[at] !== lastHead
      ) {
        lastHead = head[at];
        lastFlags = flags;
        lastStatus = status;
        lastError = error;
        lastMark = this.#markOf(lastHead & 0xffff, flags, status, error | 0);
      }
      if (lastMark === 0) continue;
      marks[row] |= lastMark;
      if (lastMark !== MARK.COUNTED) continue;
      counted++;
      const time = (ends[at + 1] - this.baseHigh) * TWO_32 + (ends[at] - this.baseLow);
      const latency = latencies[at + 1] * TWO_32 + latencies[at];
      if (cooling !== null && time < cooling.until) {
        repeats++;
        if (latency > worst) worst = latency;
        if (time > last) last = time;
        continue;
      }
      if (cooling !== null) this.#repeated(cooling, repeats, last, worst);
      repeats = worst = 0;
      this.book.of(columns, row).count(columns, row, time, latency);
      cooling = this.book.cooling();
    }
    if (cooling !== null) this.#repeated(cooling, repeats, last, worst);
    this.context.stats.violations[this.config.name] += counted;
    return counted;
  }

  #repeated(cooling: Cooling, count: number, last: number, worst: number): void {
    if (count === 0) return;
    cooling.repeats(count, last, worst);
    this.context.stats.cooled_down += count;
  }

  /** MARK.COUNTED, MARK.BENIGN, or 0 where it is no failure of this anomaly. */
  #markOf(type: number, flags: number, status: number, error: number): number {
    if (type !== TYPE.REQUEST && type !== TYPE.OP_ERROR && type !== TYPE.CONNECT_ERROR) return 0;
    const answered = (flags & FLAG.STATUS_VALID) !== 0;
    if (answered) {
      const rule = this.#statuses.get(status);
      if (rule !== undefined) return rule ? MARK.COUNTED : 0;
      if (BENIGN.has(status)) return MARK.BENIGN;
    }
    const rule = this.#errnos.get(Math.abs(error));
    if (rule !== undefined && error !== 0) return rule ? MARK.COUNTED : 0;
    if (!this.config.all_failures || INTERRUPTED.has(Math.abs(error))) return 0;
    const waits = (flags & FLAG.WAITS_BY_DESIGN) !== 0;
    if (waits && (!answered || status === STATUS_CANCELLED)) return 0;
    const failed = answered && status !== 0 ? status >= SEVERITY_ERROR : error !== 0;
    return failed ? MARK.COUNTED : 0;
  }
}

/** Value to true (tracked) or false (excluded). */
function rulesByValue(config: ErrorAnomaly, kind: Code["kind"]): Map<number, boolean> {
  const rules = new Map<number, boolean>();
  for (const code of config.exclude_codes) if (code.kind === kind) rules.set(code.value, false);
  for (const code of config.track_codes) if (code.kind === kind) rules.set(code.value, true);
  return rules;
}

function rulesOf(config: ErrorAnomaly): Anomaly["rules"] {
  const rules: Anomaly["rules"] = config.all_failures ? { [EVERY_FAILURE]: "counts" } : {};
  for (const code of config.exclude_codes) rules[code.name] = "excluded";
  for (const code of config.track_codes) rules[code.name] = "counts";
  return rules;
}

/** Registry entry of the error detector. */
export const ERROR: DetectorKind = {
  type: "error",
  word: "Error",
  tool: "smbiosnoop",
  description: "requests that failed, operations and connects that failed without one",
  noun: "failures",
  params: {},
  by_share: true,
  needs: () => ({ events: ["op_error", "connect_error"] }),
  create(config: AnomalyConfig, context: DetectContext): Detector {
    if (config.type !== "error") {
      throw new TypeError(
        `Cannot make an error detector: because ${config.name} is ${config.type}`,
      );
    }
    return new ErrorDetector(config, context);
  },
};
