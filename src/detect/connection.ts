/**
 * Connection events: reconnects, and requests that got no credits, counted within the window.
 * @module
 */
import type { AnomalyConfig, CountedAnomaly } from "../config/types.ts";
import { CaseBook } from "./case_book.ts";
import { type DetectContext, type Detector, type DetectorKind, MARK } from "./detector.ts";
import { OFFSET, type RowColumns, TYPE } from "./fields.ts";

const TWO_32 = 4294967296;

/** Counts the records of one type. */
class ConnectionDetector implements Detector {
  readonly config: CountedAnomaly;
  readonly #context: DetectContext;
  readonly #book: CaseBook;
  readonly #type: number;
  readonly #baseLow: number;
  readonly #baseHigh: number;

  constructor(config: CountedAnomaly, context: DetectContext) {
    this.config = config;
    this.#context = context;
    this.#type = config.type === "reconnect" ? TYPE.RECONNECT : TYPE.CREDIT;
    this.#baseLow = Number(context.base & 0xffffffffn);
    this.#baseHigh = Number(context.base >> 32n);
    this.#book = new CaseBook(config, context, { [config.type]: "counts" });
  }

  observe(columns: RowColumns, from: number, to: number, marks: Uint8Array): void {
    const head = columns.u32[0];
    const ends = columns.u32[OFFSET.end_ns >> 3];
    let counted = 0;
    for (let row = from; row < to; row++) {
      const at = 2 * row;
      if ((head[at] & 0xffff) !== this.#type) continue;
      marks[row] |= MARK.COUNTED;
      counted++;
      const time = (ends[at + 1] - this.#baseHigh) * TWO_32 + (ends[at] - this.#baseLow);
      this.#book.of(columns, row).count(columns, row, time, 0);
    }
    this.#context.stats.violations[this.config.name] += counted;
  }

  tick(now: number, final: boolean): void {
    this.#book.tick(now, final);
  }

  inherit(previous: Detector): void {
    if (previous instanceof ConnectionDetector && previous.config.type === this.config.type) {
      this.#book.inherit(previous.#book);
    }
  }

  probeChanged(): void {
    this.#book.probeChanged();
  }

  resize(watchIntervalSec: number): void {
    this.#book.resize(watchIntervalSec);
  }
}

function create(config: AnomalyConfig, context: DetectContext): Detector {
  if (config.type !== "reconnect" && config.type !== "credit") {
    throw new TypeError(
      `Cannot make a connection detector: because ${config.name} is ${config.type}`,
    );
  }
  return new ConnectionDetector(config, context);
}

/** Registry entry: reconnects. */
export const RECONNECT: DetectorKind = {
  type: "reconnect",
  word: "Reconnect",
  tool: "smbiosnoop",
  description: "connections that were lost and are made again",
  noun: "reconnects",
  params: {},
  by_share: false,
  needs: () => ({ events: ["reconnect"] }),
  create,
};

/** Registry entry: credit starvation. */
export const CREDIT: DetectorKind = {
  type: "credit",
  word: "Credit",
  tool: "smbiosnoop",
  description: "waits for credits that ran out, requests for which there were too few",
  noun: "requests without credits",
  params: {},
  by_share: false,
  needs: () => ({ events: ["credit"] }),
  create,
};
