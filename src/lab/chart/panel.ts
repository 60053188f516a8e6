/**
 * One panel of a chart: title, notes, axes with grid and units, and curves.
 * @module
 */
import { type Axis, place, timeAxis, valueAxis } from "./axis.ts";
import { areaPath, type Curve, dotsPath, linePath, movingAverage } from "./curve.ts";
import type { Box, Drawing } from "./drawing.ts";
import type { Font } from "./font.ts";
import { COLOUR, TEXT } from "./theme.ts";

/** A curve of a panel. */
export interface PanelCurve extends Curve {
  /** Colour. */
  colour: string;
}

/** What a panel shows. */
export interface Panel {
  /** Its heading. */
  title: string;
  /** Sentences below it; long ones take more than one line. */
  notes: string[];
  /** What the values are, with their unit. */
  y_label: string;
  /** Seconds at its left edge. */
  from_sec: number;
  /** Seconds at its right edge. */
  to_sec: number;
  /** In the order in which they are drawn. */
  curves: PanelCurve[];
  /** `samples`: thin, with moving and overall average; `area`: filled below. */
  style: "samples" | "line" | "area";
}

/** Height of the part with the curves. */
const PLOT_HEIGHT = 256;
/** Between the notes and the plot. */
const PLOT_GAP = 14;
const TITLE_HEIGHT = 26;
const NOTE_HEIGHT = 20;
/** Tick labels and the axis' name below the plot. */
const BELOW_HEIGHT = 50;
const TICK_LENGTH = 5;
const TICK_GAP = 8;
/** Between the tick labels of the y axis and its name. */
const NAME_WIDTH = 26;
/** Free space between labels of the x axis. */
const LABEL_GAP = 12;

/** A panel with its axes, before its place is known. */
export interface PlannedPanel {
  /** What it shows. */
  panel: Panel;
  /** Time. */
  x: Axis;
  /** Values. */
  y: Axis;
  /** Notes in lines. */
  notes: string[];
  /** Pixels left of the plot. */
  left: number;
  /** Pixels from its top to its end. */
  height: number;
}

/** Smallest and largest value; null where there is none. */
export type Reach = [least: number, most: number] | null;

/** Smallest and largest value of curves. */
export function reachOf(curves: readonly PanelCurve[]): Reach {
  let least = Infinity;
  let most = -Infinity;
  for (const { y } of curves) {
    for (const value of y) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return least <= most ? [least, most] : null;
}

/**
 * Plans a panel.
 * @param reach values that its axis shows
 * @param width pixels for text
 */
export function planPanel(panel: Panel, reach: Reach, font: Font, width: number): PlannedPanel {
  const y = valueAxis(...(reach ?? [0, 1]));
  const labels = y.ticks.map((tick) => font.width(tick.text, TEXT.tick));
  const notes = panel.notes.flatMap((note) => font.wrap(note, TEXT.note, width));
  return {
    panel,
    x: timeAxis(panel.from_sec, panel.to_sec),
    y,
    notes,
    left: NAME_WIDTH + Math.max(0, ...labels) + TICK_GAP,
    height: TITLE_HEIGHT + NOTE_HEIGHT * notes.length + PLOT_HEIGHT + BELOW_HEIGHT,
  };
}

/** Draws a planned panel; `left` is the x of all plots of the chart. */
export function drawPanel(
  drawing: Drawing,
  planned: PlannedPanel,
  { top, left, right, edge }: { top: number; left: number; right: number; edge: number },
): void {
  const { panel, notes } = planned;
  const title = drawing.fonts.bold.fit(panel.title, TEXT.panel, right - edge);
  drawing.text(edge, top + TEXT.panel, title, { size: TEXT.panel, bold: true });
  notes.forEach((note, i) => {
    const y = top + TITLE_HEIGHT + NOTE_HEIGHT * i + TEXT.note;
    drawing.text(edge, y, note, { size: TEXT.note, colour: COLOUR.quiet });
  });
  const box: Box = {
    x: left,
    y: top + TITLE_HEIGHT + NOTE_HEIGHT * notes.length + PLOT_GAP,
    width: right - left,
    height: PLOT_HEIGHT - PLOT_GAP,
  };
  drawValueAxis(drawing, planned, box, edge);
  drawTimeAxis(drawing, planned, box);
  if (panel.curves.every(({ x }) => x.length === 0)) {
    drawing.text(box.x + box.width / 2, box.y + box.height / 2, "no samples in this time", {
      size: TEXT.label,
      colour: COLOUR.quiet,
      anchor: "middle",
    });
  }
  drawCurves(drawing, planned, box);
}

function drawValueAxis(drawing: Drawing, { y, panel }: PlannedPanel, box: Box, edge: number): void {
  for (const tick of y.ticks) {
    const at = place(y, tick.value, box.y + box.height, box.y);
    drawing.line(box.x, at, box.x + box.width, at, { colour: COLOUR.grid, width: 1 });
    drawing.text(box.x - TICK_GAP, at + 0.36 * TEXT.tick, tick.text, {
      size: TEXT.tick,
      anchor: "end",
    });
  }
  drawing.line(box.x, box.y, box.x, box.y + box.height, { colour: COLOUR.frame, width: 1 });
  const name = drawing.fonts.regular.fit(panel.y_label, TEXT.label, box.height);
  drawing.text(edge + TEXT.label, box.y + box.height / 2, name, {
    size: TEXT.label,
    upward: true,
  });
}

function drawTimeAxis(drawing: Drawing, { x }: PlannedPanel, box: Box): void {
  const bottom = box.y + box.height;
  drawing.line(box.x, bottom, box.x + box.width, bottom, { colour: COLOUR.frame, width: 1 });
  let free = -Infinity;
  for (const tick of x.ticks) {
    const at = place(x, tick.value, box.x, box.x + box.width);
    drawing.line(at, bottom, at, bottom + TICK_LENGTH, { colour: COLOUR.frame, width: 1 });
    const half = drawing.fonts.regular.width(tick.text, TEXT.tick) / 2;
    const middle = Math.min(at, drawing.width - half);
    // Where labels are long, not every tick has one.
    if (middle - half < free) continue;
    drawing.text(middle, bottom + TICK_LENGTH + TEXT.tick + 2, tick.text, {
      size: TEXT.tick,
      anchor: "middle",
    });
    free = middle + half + LABEL_GAP;
  }
  drawing.text(box.x + box.width / 2, bottom + 42, `time since the beginning (${x.unit})`, {
    size: TEXT.label,
    anchor: "middle",
  });
}

/** The moving average reaches over this part of the samples. */
const SMOOTHED_PART = 40;
/** Fewer samples are shown as they are. */
export const SMOOTHED_FROM = 80;
/** So few samples each have a dot. */
const MARKED_UP_TO = 60;
const DOT_WIDTH = 6;

function drawCurves(drawing: Drawing, { panel, x, y }: PlannedPanel, box: Box): void {
  for (const curve of panel.curves) {
    const { colour } = curve;
    const { line, dots } = linePath(curve, x, y, box);
    if (panel.style === "area") drawing.fill(areaPath(curve, x, y, box), colour, 0.15);
    const smooth = panel.style === "samples" && curve.x.length >= SMOOTHED_FROM;
    const all = curve.x.length <= MARKED_UP_TO;
    drawing.path(all ? dotsPath(curve, x, y, box) : dots, { colour, width: DOT_WIDTH });
    drawing.path(line, smooth ? { colour, width: 1, opacity: 0.4 } : { colour, width: 2 });
  }
  if (panel.style !== "samples") return;
  for (const curve of panel.curves) {
    const { colour } = curve;
    if (curve.x.length >= SMOOTHED_FROM) {
      const reach = Math.round(curve.x.length / SMOOTHED_PART / 2);
      const { line } = linePath(movingAverage(curve, reach), x, y, box);
      drawing.path(line, { colour, width: 2.25 });
    }
    if (curve.y.length === 0) continue;
    const average = curve.y.reduce((sum, value) => sum + value, 0) / curve.y.length;
    const at = place(y, average, box.y + box.height, box.y);
    drawing.line(box.x, at, box.x + box.width, at, { colour, width: 1.5, dash: "8 5" });
  }
}
