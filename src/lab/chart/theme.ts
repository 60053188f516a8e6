/**
 * Colours and sizes of the charts: dark on light, and two colours that people who see colours
 * differently tell apart as well (Okabe and Ito, Color Universal Design).
 * @module
 */

/** Colours. */
export const COLOUR = {
  background: "#ffffff",
  text: "#1b1f24",
  quiet: "#57606a",
  frame: "#8c959f",
  grid: "#e1e4e8",
  baseline: "#0072b2",
  test: "#d55e00",
} as const;

/** Sizes of text in pixels. */
export const TEXT = { title: 21, panel: 16, note: 14, label: 14, tick: 13 } as const;

/** Width of a chart in pixels. */
export const CHART_WIDTH = 1200;

/** Family of the embedded font. */
export const FONT_FAMILY = "DejaVu Sans";
