/**
 * The path of a series: gaps stay gaps, and a million samples become as many points as pixels show.
 * @module
 */
import { usualInterval } from "../compare/series.ts";
import { type Axis, place } from "./axis.ts";
import { type Box, round } from "./drawing.ts";

/** Values over time, for a chart. */
export interface Curve {
  /** Seconds, rising. */
  x: Float64Array;
  /** One for each of them. */
  y: Float64Array;
}

/** Where a distance is longer than this many usual ones, nothing was measured. */
const GAP_INTERVALS = 4;
/** A path of a single point is drawn by its round ends, if it has a length. */
const DOT = 0.1;

/** A point in pixels. */
type Point = [x: number, y: number];

/** The pieces of a curve without gaps, in pixels, thinned to what can be seen. */
function pieces({ x, y }: Curve, xAxis: Axis, yAxis: Axis, box: Box): Point[][] {
  const longest = GAP_INTERVALS * usualInterval(x);
  const found: Point[][] = [];
  for (let i = 0; i < x.length; i++) {
    const point: Point = [
      place(xAxis, x[i], box.x, box.x + box.width),
      place(yAxis, y[i], box.y + box.height, box.y),
    ];
    if (i > 0 && (x[i] - x[i - 1] <= longest)) found[found.length - 1].push(point);
    else found.push([point]);
  }
  return found.map(thinned);
}

/** Of each column of pixels the first, the last, the highest and the lowest point. */
function thinned(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (let from = 0; from < points.length;) {
    let to = from;
    let high = from;
    let low = from;
    const column = Math.floor(points[from][0]);
    while (to < points.length && Math.floor(points[to][0]) === column) {
      if (points[to][1] > points[high][1]) high = to;
      if (points[to][1] < points[low][1]) low = to;
      to++;
    }
    const wanted = new Set([from, Math.min(high, low), Math.max(high, low), to - 1]);
    for (const i of wanted) kept.push(points[i]);
    from = to;
  }
  return kept;
}

const text = ([x, y]: Point) => `${round(x)} ${round(y)}`;

/** Path data of the line. */
export function linePath(curve: Curve, xAxis: Axis, yAxis: Axis, box: Box): string {
  return pieces(curve, xAxis, yAxis, box).map((points) =>
    points.length === 1 ? `M${text(points[0])}h${DOT}` : `M${points.map(text).join("L")}`
  ).join("");
}

/** Path data of the area between the line and the lower edge. */
export function areaPath(curve: Curve, xAxis: Axis, yAxis: Axis, box: Box): string {
  const floor = round(box.y + box.height);
  return pieces(curve, xAxis, yAxis, box).filter((points) => points.length > 1).map((points) =>
    `M${round(points[0][0])} ${floor}L${points.map(text).join("L")}` +
    `L${round(points[points.length - 1][0])} ${floor}Z`
  ).join("");
}

/**
 * The moving average of a curve over `2 * reach + 1` samples, fewer at its ends.
 */
export function movingAverage({ x, y }: Curve, reach: number): Curve {
  const sums = new Float64Array(y.length + 1);
  for (let i = 0; i < y.length; i++) sums[i + 1] = sums[i] + y[i];
  const averages = y.map((_, i) => {
    const near = Math.min(reach, i, y.length - 1 - i);
    return (sums[i + near + 1] - sums[i - near]) / (2 * near + 1);
  });
  return { x, y: averages };
}
