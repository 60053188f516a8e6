/**
 * Times of rows: seconds or milliseconds since 1970, ISO 8601, or `YYYY-MM-DD HH:MM:SS`. A time
 * without a zone is taken as UTC: only distances between rows mean anything here, and UTC has no
 * hour that comes twice.
 * @module
 */

/** How a file writes its times; one file writes all of them in one way. */
export type TimeForm = "seconds" | "milliseconds" | "date with zone" | "date without zone";

/** One time. */
export interface Timestamp {
  /** How it is written. */
  form: TimeForm;
  /** Milliseconds since 1970. */
  ms: number;
}

/** Numbers from here on are milliseconds: as seconds they would be the year 5138. */
const LEAST_MS = 1e11;
/** As milliseconds the year 5138: what is larger counts something finer, which no file here does. */
const MOST_MS = 1e14;

const NUMBER = /^\d{1,15}(?:\.\d{1,12})?$/;
const DATE = new RegExp(
  "^(\\d{4})-(\\d{2})-(\\d{2})[Tt ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?" +
    "(?: ?([Zz]|[+-]\\d{2}:?\\d{2}))?$",
);

/** Reads a time; null where it is none. */
export function parseTimestamp(text: string): Timestamp | null {
  if (NUMBER.test(text)) return ofNumber(Number(text));
  const match = DATE.exec(text);
  return match === null ? null : ofDate(match);
}

function ofNumber(value: number): Timestamp | null {
  if (value >= MOST_MS) return null;
  if (value >= LEAST_MS) return { form: "milliseconds", ms: value };
  return { form: "seconds", ms: value * 1000 };
}

function ofDate([, year, month, day, hour, minute, second, fraction, zone]: string[]):
  | Timestamp
  | null {
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // February 30 would become March 2.
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12) return null;
  // 60: a leap second.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  const offset_min = zone === undefined ? 0 : offsetOf(zone);
  if (offset_min === null) return null;
  const seconds = (Number(hour) * 60 + Number(minute) - offset_min) * 60 + Number(second ?? 0);
  const ms = midnight + seconds * 1000 + Number(`0.${fraction ?? 0}`) * 1000;
  return { form: zone === undefined ? "date without zone" : "date with zone", ms };
}

/** Minutes east of Greenwich; null where there is no such zone. */
function offsetOf(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return null;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}
