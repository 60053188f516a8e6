/**
 * Axes: which part of the numbers is shown, and where they have ticks.
 * @module
 */
// @ts-types="@types/d3-array"
import { nice, ticks, tickStep } from "d3-array";

/** One axis: a part of the numbers on a line of pixels. */
export interface Axis {
  /** Number at the first pixel. */
  from: number;
  /** Number at the last pixel. */
  to: number;
  /** Where ticks are, and what stands there. */
  ticks: Tick[];
  /** Unit of the tick labels; "" where it is that of the values. */
  unit: string;
}

/** A tick. */
export interface Tick {
  /** Place, in the unit of the values. */
  value: number;
  /** What stands there. */
  text: string;
}

/** A scale that begins at 0 is honest, but hides what varies little around a large value. */
const FROM_ZERO_BELOW = 0.5;
/** Room above and below values that all are the same, as a part of them. */
const FLAT_MARGIN = 0.05;
/** Values are taken as the same when they differ by less than this part of them. */
const FLAT = 1e-9;
/** And as 0 when they are smaller than any figure that the lab writes. */
const TINY = 1e-9;
/** A time that is shorter is one moment. */
const LEAST_SEC = 0.001;
const Y_TICKS = 5;
const X_TICKS = 10;

/** The axis of values from `least` to `most`. */
export function valueAxis(least: number, most: number): Axis {
  const [from, to] = nice(...shown(least, most), Y_TICKS);
  return { from, to, ticks: ticksOf(from, to, Y_TICKS, 1), unit: "" };
}

function shown(least: number, most: number): [number, number] {
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (size < TINY) return [least < 0 ? -1 : 0, 1];
  if (least >= 0 && least < FROM_ZERO_BELOW * most) return [0, most];
  if (most - least > FLAT * size) return [least, most];
  return [least - FLAT_MARGIN * size, most + FLAT_MARGIN * size];
}

/** Units of time: the first that is not too small for the length of a chart is taken. */
const TIMES = [
  { unit: "s", seconds: 1, up_to_sec: 1200 },
  { unit: "min", seconds: 60, up_to_sec: 4 * 3600 },
  { unit: "h", seconds: 3600, up_to_sec: 5 * 86_400 },
  { unit: "days", seconds: 86_400, up_to_sec: Infinity },
];

/** The axis of a time in seconds; it is exactly as long as the time. */
export function timeAxis(from_sec: number, to_sec: number): Axis {
  const to = to_sec - from_sec >= LEAST_SEC ? to_sec : from_sec + 1;
  const time = TIMES.find(({ up_to_sec }) => to - from_sec <= up_to_sec) ?? TIMES[TIMES.length - 1];
  return {
    from: from_sec,
    to,
    ticks: ticksOf(from_sec, to, X_TICKS, time.seconds),
    unit: time.unit,
  };
}

/** Ticks at round multiples of a unit. */
function ticksOf(from: number, to: number, count: number, unit: number): Tick[] {
  const step = tickStep(from / unit, to / unit, count);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks(from / unit, to / unit, count)
    .map((value) => ({ value: value * unit, text: value.toFixed(decimals) }));
}

/** The pixel of a value. */
export function place(axis: Axis, value: number, firstPixel: number, lastPixel: number): number {
  return firstPixel + (value - axis.from) / (axis.to - axis.from) * (lastPixel - firstPixel);
}
