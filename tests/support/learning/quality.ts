/**
 * Precision and recall of anomalies over planted faults, counted by fault and not by point: somebody
 * is told once.
 * @module
 */
import { DETECTION_DEFAULTS, RELEASE_POINTS } from "../../../src/detect/metrics/options.ts";
import type { Stretch } from "./planted.ts";

/** Counts over any number of series. */
export interface Quality {
  /** Faults that were planted. */
  faults: number;
  /** Of them, those in which something was reported. */
  found: number;
  /** Reports. */
  reports: number;
  /** Of them, those within a fault. */
  right: number;
  /** Points judged. */
  points: number;
}

/** A report so many points after the end of a fault still belongs to it: windows look back. */
const GRACE = 10;

/** Nothing counted. */
export function noQuality(): Quality {
  return { faults: 0, found: 0, reports: 0, right: 0, points: 0 };
}

/** Adds the reports (indices of points) of one series. */
export function addQuality(
  sum: Quality,
  faults: readonly Stretch[],
  reports: readonly number[],
  points: number,
): void {
  const within = (at: number, { from, to }: Stretch) => at >= from && at < to + GRACE;
  sum.faults += faults.length;
  sum.found += faults.filter((fault) => reports.some((at) => within(at, fault))).length;
  sum.reports += reports.length;
  sum.right += reports.filter((at) => faults.some((fault) => within(at, fault))).length;
  sum.points += points;
}

/** Part of the reports that were right; 1 where there was none. */
export function precision({ reports, right }: Quality): number {
  return reports === 0 ? 1 : right / reports;
}

/** Part of the faults that were found; NaN where none was planted. */
export function recall({ faults, found }: Quality): number {
  return found / faults;
}

/** Wrong reports in an hour, at a point a second. */
export function falseAlarmsPerHour({ reports, right, points }: Quality): number {
  return (reports - right) / points * 3600;
}

/**
 * One report for one excursion, as the detectors do it, from a flag per point: it ends after `calm`
 * points without, and the next may be reported `apart` points after the last.
 */
export function reportsOf(
  flags: ArrayLike<boolean>,
  calm = RELEASE_POINTS,
  apart = DETECTION_DEFAULTS.min_interval_sec,
): number[] {
  const reports: number[] = [];
  let since = calm;
  let last = -Infinity;
  for (let i = 0; i < flags.length; i++) {
    if (!flags[i]) {
      since++;
      continue;
    }
    if (since >= calm && i - last >= apart) {
      reports.push(i);
      last = i;
    }
    since = 0;
  }
  return reports;
}
