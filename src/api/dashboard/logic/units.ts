/**
 * Numbers with their units as people read them. Byte units are powers of 1024, others of 1000.
 * @module
 */

/** Units of the metric descriptors, and what the page adds. */
export type Unit = string;

const BYTE_STEPS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const COUNT_STEPS = ["", "k", "M", "G", "T"];
const TIME_STEPS: readonly [limit_ns: number, divisor: number, name: string][] = [
  [1e3, 1, "ns"],
  [1e6, 1e3, "µs"],
  [1e9, 1e6, "ms"],
  [60e9, 1e9, "s"],
  [3600e9, 60e9, "min"],
  [48 * 3600e9, 3600e9, "h"],
  [Infinity, 86_400e9, "d"],
];

/** What is shown where a value is missing. */
export const NOTHING = "–";

/** Three significant digits without an exponent, as `1.23`, `12.3`, `123`; zero is `0`. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 99.95) return String(Math.round(value));
  if (size >= 9.995) return trimmed(value.toFixed(1));
  if (size >= 0.01) return trimmed(value.toFixed(2));
  return Number(value.toPrecision(1)).toString();
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, "");
}

function stepped(value: number, base: number, steps: string[], gap: string): string {
  let step = 0;
  let rest = value;
  // 999.5 would be rounded to 1000: it belongs to the next step.
  while (Math.abs(rest) >= base - 0.5 && step < steps.length - 1) {
    rest /= base;
    step++;
  }
  return `${threeDigits(rest)}${steps[step] === "" ? "" : gap + steps[step]}`;
}

/** A duration, `1.5 ms`; `–` for what is not a number. */
export function formatDuration(ns: number): string {
  if (!Number.isFinite(ns)) return NOTHING;
  const size = Math.abs(ns);
  const [, divisor, name] = TIME_STEPS.find(([limit]) => size < limit * 0.9995) ??
    TIME_STEPS[TIME_STEPS.length - 1];
  return `${threeDigits(ns / divisor)} ${name}`;
}

/** An amount of bytes, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  return Number.isFinite(bytes) ? stepped(bytes, 1024, BYTE_STEPS, " ") : NOTHING;
}

/** A count, `12.3k`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? stepped(count, 1000, COUNT_STEPS, "") : NOTHING;
}

/** Nanoseconds of one of a unit of time; null for other units. */
function nanoseconds(unit: string): number | null {
  switch (unit) {
    case "ns":
      return 1;
    case "us":
    case "µs":
      return 1e3;
    case "ms":
      return 1e6;
    case "s":
    case "sec":
    case "seconds":
      return 1e9;
    default:
      return null;
  }
}

/** A value of a metric in the unit of its descriptor. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  if (unit === "%" || unit === "percent") return `${threeDigits(value)} %`;
  if (unit === "ratio") return `${threeDigits(value * 100)} %`;
  if (unit === "bytes" || unit === "B") return formatBytes(value);
  if (unit === "bytes/s" || unit === "B/s") return `${formatBytes(value)}/s`;
  const ns = nanoseconds(unit);
  if (ns !== null) return formatDuration(value * ns);
  if (unit.endsWith("/s")) return `${formatCount(value)}/s`;
  return formatCount(value);
}

/** Seconds as `3 d 4 h`, `5 min 6 s`: the two largest parts. */
export function formatAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`).join(" ");
}

/** Local time of day of seconds since the epoch, `14:03:07`. */
export function formatClock(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? NOTHING : date.toTimeString().slice(0, 8);
}
