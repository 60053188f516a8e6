/**
 * Pressure stall information: how long tasks waited for a resource. /proc/pressure/cpu, memory, io;
 * absent where the kernel was built or started without it.
 * @module
 */
import { type CPath, cPath, type ProcReader } from "../os/proc_reader.ts";
import type { MetricDescriptor } from "./collector.ts";
import { growth } from "./counter.ts";
import { share } from "./describe.ts";
import { ascii, Fields } from "./fields.ts";
import { percent, type Points } from "./points.ts";

const SOME = ascii("some ");
const FULL = ascii("full ");
const EQUALS = 61;

/** Follows one file; adds `<prefix>.pressure_some` and, where asked for, `<prefix>.pressure_full`. */
export class Pressure {
  readonly #path: CPath;
  readonly #fields = new Fields();
  readonly #some: string;
  readonly #full: string | null;
  #before_some = NaN;
  #before_full = NaN;
  #before_ms = NaN;

  /**
   * Follows one of the three files.
   * @param file name below `pressure/`
   */
  constructor(proc: string, file: "cpu" | "memory" | "io", prefix: string, full: boolean) {
    this.#path = cPath(`${proc}/pressure/${file}`);
    this.#some = `${prefix}.pressure_some`;
    this.#full = full ? `${prefix}.pressure_full` : null;
  }

  /** Looks; the share of the time since the look before. */
  add(reader: ProcReader, now_ms: number, points: Points): void {
    const [some, full] = this.#totals(reader);
    const elapsed_us = (now_ms - this.#before_ms) * 1000;
    points.add(this.#some, percent(growth(this.#before_some, some), elapsed_us));
    if (this.#full !== null) {
      points.add(this.#full, percent(growth(this.#before_full, full), elapsed_us));
    }
    [this.#before_some, this.#before_full, this.#before_ms] = [some, full, now_ms];
  }

  #totals(reader: ProcReader): [number, number] {
    let [some, full] = [NaN, NaN];
    if (!reader.read(this.#path)) return [some, full];
    const fields = this.#fields.start(reader.bytes, reader.length);
    while (fields.line()) {
      if (fields.take(SOME)) some = total(fields);
      else if (fields.take(FULL)) full = total(fields);
    }
    return [some, full];
  }
}

/** `avg10=0.00 avg60=0.00 avg300=0.00 total=0`: the last value, in microseconds. */
function total(fields: Fields): number {
  let value = NaN;
  while (fields.past(EQUALS)) value = fields.number();
  return value;
}

/** Descriptors of what {@link Pressure} adds. */
export function pressureMetrics(prefix: string, what: string, full: boolean): MetricDescriptor[] {
  const some = share(
    `${prefix}.pressure_some`,
    `Time in which at least one task waited for ${what}`,
  );
  const all = share(
    `${prefix}.pressure_full`,
    `Time in which all tasks that were not idle waited for ${what}`,
  );
  return full ? [some, all] : [some];
}
