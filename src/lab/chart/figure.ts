/**
 * A whole chart: title, legend, and panels below each other.
 * @module
 */
import { Drawing, type Fonts } from "./drawing.ts";
import { drawPanel, type Panel, planPanel, reachOf } from "./panel.ts";
import { CHART_WIDTH, COLOUR, TEXT } from "./theme.ts";

/** An entry of the legend. */
export interface LegendEntry {
  /** What it stands for. */
  label: string;
  /** Colour of its line. */
  colour: string;
  /** Default: a thick line. */
  look?: "thin" | "dashed";
}

/** What a chart shows. */
export interface Figure {
  /** Its heading. */
  title: string;
  /** Which colour and line is what. */
  legend: LegendEntry[];
  /** From above to below. */
  panels: Panel[];
  /** Whether all panels show the same part of the values. */
  same_values?: boolean;
}

const EDGE = 28;
const TITLE_BASE = 40;
const LEGEND_TOP = 62;
const LEGEND_ROW = 24;
const SWATCH = 30;
const SWATCH_GAP = 8;
const ENTRY_GAP = 28;
const PANEL_GAP = 18;

/** A legend entry with its place. */
interface PlacedEntry extends LegendEntry {
  x: number;
  row: number;
}

/** Draws a chart; its height is what its panels need. */
export function drawFigure(figure: Figure, fonts: Fonts): Drawing {
  const right = CHART_WIDTH - EDGE;
  const entries = placeLegend(figure.legend, fonts, right);
  const rows = Math.max(0, ...entries.map(({ row }) => row + 1));
  const reach = figure.same_values ? reachOf(figure.panels.flatMap(({ curves }) => curves)) : null;
  const planned = figure.panels.map((panel) =>
    planPanel(panel, reach ?? reachOf(panel.curves), fonts.regular, right - EDGE)
  );
  // All plots begin at the same x, so that their times are below each other.
  const left = EDGE + Math.max(...planned.map((panel) => panel.left));
  const first = LEGEND_TOP + LEGEND_ROW * rows + PANEL_GAP;
  const height = planned.reduce((sum, panel) => sum + panel.height + PANEL_GAP, first);
  const drawing = new Drawing(CHART_WIDTH, Math.ceil(height), fonts);
  const title = fonts.bold.fit(figure.title, TEXT.title, right - EDGE);
  drawing.text(EDGE, TITLE_BASE, title, { size: TEXT.title, bold: true });
  for (const entry of entries) drawEntry(drawing, entry);
  let top = first;
  for (const panel of planned) {
    drawPanel(drawing, panel, { top, left, right, edge: EDGE });
    top += panel.height + PANEL_GAP;
  }
  return drawing;
}

function placeLegend(legend: LegendEntry[], { regular }: Fonts, right: number): PlacedEntry[] {
  let x = EDGE;
  let row = 0;
  return legend.map((entry) => {
    const most = right - EDGE - SWATCH - SWATCH_GAP;
    const label = regular.fit(regular.drawable(entry.label), TEXT.label, most);
    const width = SWATCH + SWATCH_GAP + regular.width(label, TEXT.label);
    if (x > EDGE && x + width > right) {
      x = EDGE;
      row++;
    }
    const placed = { ...entry, label, x, row };
    x += width + ENTRY_GAP;
    return placed;
  });
}

function drawEntry(drawing: Drawing, { x, row, label, colour, look }: PlacedEntry): void {
  const middle = LEGEND_TOP + LEGEND_ROW * row + LEGEND_ROW / 2;
  const stroke = look === "dashed"
    ? { colour, width: 1.5, dash: "8 5" }
    : look === "thin"
    ? { colour, width: 1, opacity: 0.5 }
    : { colour, width: 3 };
  drawing.line(x, middle, x + SWATCH, middle, stroke);
  const at = x + SWATCH + SWATCH_GAP;
  drawing.text(at, middle + 0.36 * TEXT.label, label, { size: TEXT.label, colour: COLOUR.text });
}
