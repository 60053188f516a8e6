/**
 * Reads two runs and pairs their columns.
 * @module
 */
import type { Column, Header, Subject } from "../csv/columns.ts";
import { CsvError, quoted } from "../csv/error.ts";
import { readMeasurements } from "../csv/read.ts";
import { type Series, seriesOf } from "./series.ts";

/** The same column of both runs. */
export interface SeriesPair {
  /** Without what is to be measured. */
  baseline: Series;
  /** With it. */
  test: Series;
}

/** What was found in two files. */
export interface LoadedPairs {
  /** In the order of what was asked for. */
  pairs: SeriesPair[];
  /** What one of the files lacks and therefore is not compared, as sentences. */
  remarks: string[];
}

/** Compared where no column is named. */
const SUBJECTS: readonly Subject[] = ["cpu", "memory"];

/**
 * Reads the columns of these names, or CPU and memory, of two files.
 * @throws {CsvError} when a file cannot be used
 */
export function loadPairs(
  baselinePath: string,
  testPath: string,
  names: readonly string[],
): LoadedPairs {
  if (names.length > 0) {
    const choose = (header: Header) => names.map((name) => header.named(name));
    return { pairs: zip(load(baselinePath, choose), load(testPath, choose)), remarks: [] };
  }
  const a = loadSubjects(baselinePath);
  const b = loadSubjects(testPath);
  const pairs: SeriesPair[] = [];
  const remarks: string[] = [];
  for (const subject of SUBJECTS) {
    const baseline = a.get(subject);
    const test = b.get(subject);
    if (baseline !== undefined && test !== undefined) pairs.push({ baseline, test });
    else {
      const path = baseline === undefined ? baselinePath : testPath;
      remarks.push(`${subject} is not compared: ${quoted(path)} has no such column`);
    }
  }
  if (pairs.length > 0) return { pairs, remarks };
  throw new CsvError(testPath, 1, `it has no column in common with ${quoted(baselinePath)}`);
}

/**
 * Reads the disk usage of a file.
 * @throws {CsvError} when it cannot be used
 */
export function loadDisk(path: string): Series {
  return load(path, (header) => {
    const column = header.subject("disk");
    return column === null ? [header.named("Disk_Usage_MB")] : [column];
  })[0];
}

function load(path: string, choose: (header: Header) => Column[]): Series[] {
  return seriesOf(readMeasurements(path, choose));
}

/** CPU and memory, as far as they are there. */
function loadSubjects(path: string): Map<Subject, Series> {
  const found: Subject[] = [];
  const series = load(path, (header) => {
    const columns = SUBJECTS.flatMap((subject) => {
      const column = header.subject(subject);
      if (column === null) return [];
      found.push(subject);
      return [column];
    });
    return columns.length === 0 ? [header.named("CPU_Percent")] : columns;
  });
  return new Map(found.map((subject, i) => [subject, series[i]]));
}

function zip(a: Series[], b: Series[]): SeriesPair[] {
  return a.map((baseline, i) => ({ baseline, test: b[i] }));
}
