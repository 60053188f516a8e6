/**
 * Whatever the values and names are: no text lies on another or outside the picture, and the ticks
 * are sane.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { timeAxis, valueAxis } from "../../../../src/lab/chart/axis.ts";
import { dotsPath, linePath, movingAverage } from "../../../../src/lab/chart/curve.ts";
import type { Box, Drawing } from "../../../../src/lab/chart/drawing.ts";
import { drawFigure, type Figure } from "../../../../src/lab/chart/figure.ts";
import { embeddedFonts } from "../../../../src/lab/chart/render.ts";
import { GOLDEN_CHARTS } from "../../../support/lab/golden_charts.ts";

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
    b.y < a.y + a.height;
}

function checkTexts({ texts, width, height }: Drawing): void {
  for (const [i, text] of texts.entries()) {
    const inside = text.x >= 0 && text.y >= 0 && text.x + text.width <= width &&
      text.y + text.height <= height;
    assert.ok(inside, `"${text.text}" is outside`);
    const other = texts.slice(i + 1).find((box) => overlap(text, box));
    assert.equal(other, undefined, `"${text.text}" lies on "${other?.text}"`);
  }
}

Deno.test("no text on another: the charts of the lab", () => {
  for (const make of Object.values(GOLDEN_CHARTS)) checkTexts(drawFigure(make(), embeddedFonts()));
});

const value = fc.oneof(
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
);
const word = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.lorem({ maxCount: 40 }),
);
const panel = fc.record({
  title: word,
  notes: fc.array(word, { maxLength: 3 }),
  y_label: word,
  from_sec: fc.double({ min: 0, max: 1e6, noNaN: true }),
  length_sec: fc.double({ min: 0, max: 1e7, noNaN: true }),
  values: fc.array(value, { maxLength: 6 }),
  style: fc.constantFrom("samples" as const, "line" as const, "area" as const),
}).map(({ from_sec, length_sec, values, ...rest }) => ({
  ...rest,
  from_sec,
  to_sec: from_sec + length_sec,
  curves: [{
    x: Float64Array.from(values, (_, i) => from_sec + length_sec * i / values.length),
    y: Float64Array.from(values),
    colour: "#000000",
  }],
}));
const figure: fc.Arbitrary<Figure> = fc.record({
  title: word,
  legend: fc.array(fc.record({ label: word, colour: fc.constant("#000000") }), { maxLength: 6 }),
  panels: fc.array(panel, { minLength: 1, maxLength: 3 }),
  same_values: fc.boolean(),
});

Deno.test("no text on another: any names and values", () => {
  fc.assert(fc.property(figure, (any) => {
    const drawing = drawFigure(any, embeddedFonts());
    checkTexts(drawing);
    assert.ok(!/NaN|Infinity|undefined/.test(drawing.toSvg(false)));
  }));
});

Deno.test("names cannot write SVG of their own", () => {
  const title = `</text><script>alert("&amp;")</script>`;
  const svg = drawFigure({ title, legend: [], panels: [] }, embeddedFonts()).toSvg(false);
  assert.ok(svg.includes("&lt;/text&gt;&lt;script&gt;alert(&quot;&amp;amp;&quot;)"));
  assert.ok(!svg.includes("<script>"));
});

Deno.test("axes: round ticks, at least two, no label twice", () => {
  assert.deepEqual(valueAxis(3, 42.5).ticks.map(({ text }) => text), [
    ...["0", "10", "20", "30", "40", "50"],
  ]);
  assert.deepEqual(valueAxis(40.7, 42.3).ticks.map(({ text }) => text), [
    ...["40.5", "41.0", "41.5", "42.0", "42.5"],
  ]);
  assert.deepEqual(valueAxis(0, 0).ticks.at(-1)?.text, "1.0");
  const time = (from: number, to: number) => {
    const { ticks, unit } = timeAxis(from, to);
    return `${ticks.map(({ text }) => text).join(" ")} ${unit}`;
  };
  assert.equal(time(0, 300), "0 20 40 60 80 100 120 140 160 180 200 220 240 260 280 300 s");
  assert.equal(time(0, 3600), "0 5 10 15 20 25 30 35 40 45 50 55 60 min");
  assert.equal(time(0, 86_400), "0 2 4 6 8 10 12 14 16 18 20 22 24 h");
  fc.assert(fc.property(value, value, (a, b) => {
    const { ticks, from, to } = valueAxis(Math.min(a, b), Math.max(a, b));
    assert.ok(from < to && from <= Math.min(a, b) && to >= Math.max(a, b));
    assert.ok(ticks.length >= 2 && ticks.length <= 12, `${ticks.length}`);
    assert.equal(new Set(ticks.map(({ text }) => text)).size, ticks.length);
  }));
});

Deno.test("curves: gaps stay gaps, many samples become few points, extremes stay", () => {
  const box = { x: 0, y: 0, width: 100, height: 100 };
  const curve = (x: number[], y: number[]) =>
    linePath(
      { x: Float64Array.from(x), y: Float64Array.from(y) },
      timeAxis(0, x[x.length - 1]),
      valueAxis(0, 100),
      box,
    );
  const gap = curve([0, 1, 2, 3, 8, 9, 10], [0, 0, 0, 0, 100, 100, 100]);
  assert.deepEqual([gap.line.match(/M/g)?.length, gap.dots], [2, ""]);
  assert.deepEqual(curve([0, 1, 2, 10], [5, 5, 5, 5]), {
    line: "M0 95L10 95L20 95",
    dots: "M100 95h0.1",
  });
  const three = { x: Float64Array.of(0, 1, 2), y: Float64Array.of(0, 50, 100) };
  assert.equal(dotsPath(three, timeAxis(0, 2), valueAxis(0, 100), box).match(/M/g)?.length, 3);
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  const { line: spiked } = curve(many, many.map((i) => i === 54_321 ? 100 : 50));
  assert.ok(spiked.match(/[ML]/g)!.length <= 4 * 101);
  assert.match(spiked, /L54\.3 0L/);
  const smooth = movingAverage(
    { x: Float64Array.of(0, 1, 2, 3), y: Float64Array.of(0, 3, 6, 0) },
    1,
  );
  assert.deepEqual([...smooth.y], [0, 3, 3, 0]);
});
