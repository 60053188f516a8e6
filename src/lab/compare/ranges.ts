/**
 * Ranges of time: `0-200,200-500,500-800`, in seconds since the first row.
 * @module
 */

/** A part of the time. */
export interface TimeRange {
  /** From this second on. */
  from_sec: number;
  /** Up to this second, itself left out. */
  to_sec: number;
}

/** What is compared where no ranges are given. */
export const DEFAULT_RANGES: readonly TimeRange[] = [
  { from_sec: 0, to_sec: 200 },
  { from_sec: 200, to_sec: 500 },
  { from_sec: 500, to_sec: 800 },
];

/** More panels than these nobody reads. */
const MAX_RANGES = 12;
/** More than 30 years. */
const MAX_SEC = 1e9;
const RANGE = /^(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)$/;

/** Reads ranges; they may overlap. @throws {RangeError} that says what is wrong */
export function parseRanges(text: string): TimeRange[] {
  const ranges = text.split(",").map((part) => {
    const match = RANGE.exec(part.trim());
    const range = { from_sec: Number(match?.[1]), to_sec: Number(match?.[2]) };
    if (!(range.from_sec < range.to_sec && range.to_sec <= MAX_SEC)) {
      throw new RangeError(
        `${JSON.stringify(part.slice(0, 40))} is no range of seconds such as 0-200`,
      );
    }
    return range;
  });
  if (ranges.length > MAX_RANGES) throw new RangeError(`there are more than ${MAX_RANGES} ranges`);
  return ranges;
}

/** `200-500 s`. */
export function rangeText({ from_sec, to_sec }: TimeRange): string {
  return `${from_sec}-${to_sec} s`;
}
