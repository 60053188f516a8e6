/**
 * How a chart is drawn: uPlot's options in the colours of the page.
 * @module
 */
import type uPlot from "uplot";
import { formatClock, formatValue } from "../logic/units.ts";

/** Height of a chart in pixels of CSS. */
export const PLOT_HEIGHT = 150;

/** Charts under one key show the same time under the pointer. */
const SYNC = "aod";

/** A vertical line in a chart. */
export interface PlotMark {
  /** Seconds since the epoch. */
  timestamp: number;
}

/** What an option needs of the outside; asked anew at every drawing. */
export interface PlotSource {
  /** Of the values. */
  unit: string;
  /** Number of series. */
  series: number;
  /** Time shown, in seconds since the epoch. */
  range(): [from: number, to: number];
  /** Where anomalies were. */
  marks(): readonly PlotMark[];
  /** Index under the pointer, null for none. */
  onCursor(index: number | null): void;
}

/** A colour of the style sheet, as it is now: light or dark. */
export function cssColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function drawMarks(plot: uPlot, marks: readonly PlotMark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = cssColor("--bad");
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { timestamp } of marks) {
    const x = plot.valToPos(timestamp, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Steps of an axis of bytes: powers of two, so that its labels are round. */
const BYTE_STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** Steps of the time axis, in seconds; uPlot's own know no two minutes. */
const TIME_STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Upper end of the y axis: a little more than the largest value; never nothing. */
export function axisTop(largest: number | null, unit: string): number {
  if (largest === null || largest <= 0) return 1;
  return unit === "%" ? Math.min(100, largest * 1.1) : largest * 1.1;
}

/** uPlot's options. */
export function plotOptions(source: PlotSource, width: number): uPlot.Options {
  const axis = {
    stroke: () => cssColor("--text-soft"),
    grid: { stroke: () => cssColor("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width,
    height: PLOT_HEIGHT,
    legend: { show: false },
    cursor: { y: false, sync: { key: SYNC }, drag: { setScale: false, x: false, y: false } },
    scales: {
      x: { time: true, range: () => source.range() },
      y: { range: (_, _min, max) => [0, axisTop(max, source.unit)] },
    },
    axes: [
      {
        ...axis,
        space: 70,
        incrs: TIME_STEPS,
        size: 26,
        values: (_, splits) => splits.map((at) => formatClock(at)),
      },
      {
        ...axis,
        space: 28,
        size: 72,
        ...(source.unit.startsWith("bytes") ? { incrs: BYTE_STEPS } : {}),
        values: (_, splits) => splits.map((value) => formatValue(value, source.unit)),
      },
    ],
    series: [
      {},
      ...Array.from({ length: source.series }, (_, i): uPlot.Series => ({
        stroke: () => cssColor(`--series-${i + 1}`),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [(plot) => drawMarks(plot, source.marks())],
      setCursor: [(plot) => source.onCursor(plot.cursor.idx ?? null)],
    },
  };
}
