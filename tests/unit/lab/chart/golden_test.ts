/**
 * Charts against pictures that were looked at.
 * @module
 */
import assert from "node:assert/strict";
import { renderChart } from "../../../../src/lab/chart/render.ts";
import { GOLDEN, GOLDEN_CHARTS } from "../../../support/lab/golden_charts.ts";
import { differingPart, readPng } from "../../../support/lab/png.ts";

/** A label that moves by a pixel is more. */
const TOLERANCE = 0.0005;

for (const [name, make] of Object.entries(GOLDEN_CHARTS)) {
  Deno.test(`chart: ${name} is the picture that was looked at`, async () => {
    const { png } = await renderChart(make());
    const golden = readPng(Deno.readFileSync(`${GOLDEN}${name}.png`));
    const part = differingPart(readPng(png), golden);
    assert.ok(part <= TOLERANCE, `${(100 * part).toFixed(3)} % of the pixels differ`);
  });
}

Deno.test("the comparison of pictures sees a label that is not there", async () => {
  const figure = GOLDEN_CHARTS.disk_usage_plot();
  const one = readPng((await renderChart(figure)).png);
  figure.panels[0].y_label = "";
  const other = readPng((await renderChart(figure)).png);
  assert.ok(differingPart(one, other) > TOLERANCE);
  assert.equal(differingPart(one, one), 0);
});

Deno.test("the SVG is the same picture with the fonts inside", async () => {
  const { svg } = await renderChart(GOLDEN_CHARTS.disk_usage_comparison());
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="1200" height="\d+"/);
  assert.equal(svg.match(/@font-face/g)?.length, 2);
  assert.equal(svg.match(/src:url\(data:font\/ttf;base64,AAEAAA/g)?.length, 2);
  for (const text of ["Disk usage of two runs", "disk_usage_other.csv", "Disk Usage (MB)"]) {
    assert.ok(svg.includes(text), text);
  }
  assert.ok(!/https?:\/\/(?!www\.w3\.org)/.test(svg), "nothing is fetched");
});
