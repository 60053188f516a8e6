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
const DOT_LENGTH = 0.1;

/** A point in pixels. */
type Point = [x: number, y: number];

/** The pieces of a curve without gaps, in pixels, thinned to what can be seen. */
function pieces({ x, y }: Curve, xAxis: Axis, yAxis: Axis, box: Box): Point[][] {
  const longest = GAP_INTERVALS * usualInterval(x);
  const found: Thinned[] = [];
  for (let i = 0; i < x.length; i++) {
    if (i === 0 || x[i] - x[i - 1] > longest) found.push(new Thinned());
    found[found.length - 1].add(
      place(xAxis, x[i], box.x, box.x + box.width),
      place(yAxis, y[i], box.y + box.height, box.y),
    );
  }
  return found.map((piece) => piece.points());
}

/** Keeps of each column of pixels the first, the last, the highest and the lowest point. */
class Thinned {
  readonly #kept: Point[] = [];
  #column = NaN;
  #first: Point = [0, 0];
  #last: Point = [0, 0];
  #high: Point = [0, 0];
  #low: Point = [0, 0];

  /** Takes the next point to the right. */
  add(x: number, y: number): void {
    const point: Point = [x, y];
    if (Math.floor(x) !== this.#column) {
      this.#keepColumn();
      this.#column = Math.floor(x);
      this.#first = this.#high = this.#low = point;
    }
    if (y > this.#high[1]) this.#high = point;
    if (y < this.#low[1]) this.#low = point;
    this.#last = point;
  }

  /** Those that were kept. */
  points(): Point[] {
    this.#keepColumn();
    return this.#kept;
  }

  #keepColumn(): void {
    if (Number.isNaN(this.#column)) return;
    const extremes = [this.#high, this.#low].sort((a, b) => a[0] - b[0]);
    this.#kept.push(...new Set([this.#first, ...extremes, this.#last]));
    this.#column = NaN;
  }
}

const text = ([x, y]: Point) => `${round(x)} ${round(y)}`;

const dot = (point: Point) => `M${text(point)}h${DOT_LENGTH}`;

/** Path data of the line, and of points without neighbours, which are to be drawn as dots. */
export function linePath(
  curve: Curve,
  xAxis: Axis,
  yAxis: Axis,
  box: Box,
): { line: string; dots: string } {
  const found = pieces(curve, xAxis, yAxis, box);
  const lines = found.filter((points) => points.length > 1);
  const dots = found.filter((points) => points.length === 1);
  return {
    line: lines.map((points) => `M${points.map(text).join("L")}`).join(""),
    dots: dots.map(([point]) => dot(point)).join(""),
  };
}

/** Path data of a dot at each point. */
export function dotsPath({ x, y }: Curve, xAxis: Axis, yAxis: Axis, box: Box): string {
  return Array.from(x, (time, i) => {
    const left = place(xAxis, time, box.x, box.x + box.width);
    return dot([left, place(yAxis, y[i], box.y + box.height, box.y)]);
  }).join("");
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
