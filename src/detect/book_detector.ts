/**
 * What all detectors have in common: a book of cases, and the base that event times count from.
 * @module
 */
import type { AnomalyConfig } from "../config/types.ts";
import type { Anomaly } from "./anomaly.ts";
import { CaseBook } from "./case_book.ts";
import type { DetectContext, Detector } from "./detector.ts";
import type { RowColumns } from "./fields.ts";
import type { Survey } from "./survey.ts";

/** A detector that keeps its cases in a {@linkcode CaseBook}; what offends is its own business. */
export abstract class BookDetector<C extends AnomalyConfig> implements Detector {
  readonly config: C;
  abstract readonly countsPlain: boolean;
  /** What it was given. */
  protected readonly context: DetectContext;
  /** Its cases. */
  protected readonly book: CaseBook;
  /** Low half of the base of event times. */
  protected readonly baseLow: number;
  /** High half of it. */
  protected readonly baseHigh: number;

  /**
   * A detector that has seen nothing.
   * @param rules what bundles say of the rules in force
   */
  constructor(config: C, context: DetectContext, rules: Anomaly["rules"]) {
    this.config = config;
    this.context = context;
    this.baseLow = Number(context.base & 0xffffffffn);
    this.baseHigh = Number(context.base >> 32n);
    this.book = new CaseBook(config, context, rules);
  }

  abstract observe(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number;

  tick(now: number, final: boolean): void {
    this.book.tick(now, final);
  }

  inherit(previous: Detector): void {
    if (previous instanceof BookDetector) this.book.inherit(previous.book);
  }

  probeChanged(): void {
    this.book.probeChanged();
  }

  resize(watchIntervalSec: number): void {
    this.book.resize(watchIntervalSec);
  }
}
