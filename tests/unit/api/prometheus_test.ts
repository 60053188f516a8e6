import assert from "node:assert/strict";
import fc from "fast-check";
import { type MetricFamily, prometheusText as write } from "../../../src/api/prometheus.ts";
import { ApiStatistics } from "../../../src/api/statistics.ts";
import { readExposition } from "../../support/api/exposition.ts";

/** The text; a fault is thrown. */
function prometheusText(families: readonly MetricFamily[]): string {
  return write(families, (reason) => {
    throw new Error(reason);
  });
}

Deno.test("a gauge, a counter and a histogram, character by character", () => {
  const text = prometheusText([
    { name: "a", help: "One.", type: "gauge", samples: [{ labels: {}, value: 0.5 }] },
    {
      name: "b_total",
      help: "Back\\slash and\nline.",
      type: "counter",
      samples: [
        { labels: { share: '\\\\server\\"share"', x: "y\nz" }, value: 1e21 },
        { labels: { share: "" }, value: NaN },
        { labels: { share: "-" }, value: -Infinity },
      ],
    },
    {
      name: "c_seconds",
      help: "Three.",
      type: "histogram",
      samples: [{ labels: { m: "n" }, bounds: [0.1, 1], counts: [2, 0, 1], sum: 7.5 }],
    },
  ]);
  assert.equal(
    text,
    String.raw`# HELP a One.
# TYPE a gauge
a 0.5
# HELP b_total Back\\slash and\nline.
# TYPE b_total counter
b_total{share="\\\\server\\\"share\"",x="y\nz"} 1e+21
b_total{share=""} NaN
b_total{share="-"} -Inf
# HELP c_seconds Three.
# TYPE c_seconds histogram
c_seconds_bucket{m="n",le="0.1"} 2
c_seconds_bucket{m="n",le="1"} 2
c_seconds_bucket{m="n",le="+Inf"} 3
c_seconds_sum{m="n"} 7.5
c_seconds_count{m="n"} 3
`,
  );
});

Deno.test("what is written is read back, whatever labels, helps and values are", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const sample = fc.record({ share: text, value: fc.double() });
  fc.assert(
    fc.property(text, fc.array(sample, { maxLength: 5 }), (help, made) => {
      const unique = [...new Map(made.map((one) => [one.share, one])).values()];
      const samples = unique.map(({ share, value }) => ({ labels: { share }, value }));
      const read = readExposition(prometheusText([{ name: "x", help, type: "gauge", samples }]));
      if (samples.length === 0) return assert.deepEqual(read, []);
      assert.equal(read[0].help, help);
      const values = samples.map(({ labels, value }) => [labels.share, value]);
      const back = read[0].samples.map(({ labels, value }) => [labels.share, value]);
      // -0 is written as 0.
      assert.deepEqual(back, values.map(([share, value]) => [share, value === 0 ? 0 : value]));
    }),
    { numRuns: 30 },
  );
});

Deno.test("every histogram is one that a scraper takes", () => {
  const bounds = fc.uniqueArray(fc.double({ noNaN: true, min: 1e-6, max: 1e6 }), { maxLength: 8 });
  fc.assert(fc.property(bounds, fc.infiniteStream(fc.nat(1000)), (some, counts) => {
    const ascending = some.toSorted((a, b) => a - b);
    const sample = {
      labels: { command: "READ" },
      bounds: ascending,
      counts: [...counts.take(ascending.length + 1)],
      sum: 1,
    };
    const text = prometheusText([{ name: "h", help: "H.", type: "histogram", samples: [sample] }]);
    assert.equal(readExposition(text)[0].samples.length, ascending.length + 3);
  }));
});

Deno.test("what the format forbids is refused before a scraper sees it", () => {
  const gauge = (change: Partial<MetricFamily>): MetricFamily[] => [
    {
      name: "a",
      help: "",
      type: "gauge",
      samples: [{ labels: {}, value: 1 }],
      ...change,
    } as MetricFamily,
  ];
  const refused: [MetricFamily[], RegExp][] = [
    [gauge({ name: "a-b" }), /"a-b" is no name/],
    [gauge({ samples: [{ labels: { "a b": "" }, value: 1 }] }), /has the label "a b"/],
    [gauge({ samples: [{ labels: { __name__: "" }, value: 1 }] }), /has the label "__name__"/],
    [[...gauge({}), ...gauge({})], /a comes twice/],
    [gauge({ samples: [{ labels: {}, value: 1 }, { labels: {}, value: 2 }] }), /a\{\} comes twice/],
  ];
  for (const [families, reason] of refused) {
    assert.throws(() => prometheusText(families), reason);
  }
  const histogram = (bounds: number[], counts: number[], labels = {}): MetricFamily[] => [
    { name: "h", help: "", type: "histogram", samples: [{ labels, bounds, counts, sum: 0 }] },
  ];
  assert.throws(() => prometheusText(histogram([1], [1])), /1 buckets for 1 bounds/);
  assert.throws(() => prometheusText(histogram([2, 1], [1, 1, 1])), /do not ascend/);
  assert.throws(() => prometheusText(histogram([], [1], { le: "1" })), /label "le"/);
});

Deno.test("a family that is at fault does not cost the others", () => {
  const one = (name: string): MetricFamily => (
    { name, help: "", type: "gauge", samples: [{ labels: {}, value: 1 }] }
  );
  const reasons: string[] = [];
  const text = write([one("a"), one("a"), one("b-"), one("c")], (reason) => reasons.push(reason));
  assert.deepEqual(readExposition(text).map(({ name }) => name), ["a", "c"]);
  assert.deepEqual(reasons, [
    "Cannot write the metrics: because a comes twice",
    'Cannot write the metrics: because "b-" is no name',
  ]);
});

Deno.test("the server's own families count what it answers", () => {
  const statistics = new ApiStatistics();
  statistics.answer("GET", "/stats", 200, 0.2);
  statistics.answer("GET", "/stats", 200, 3);
  statistics.answer("", "", 404, 10_000);
  statistics.refused.rate += 2;
  const families = readExposition(prometheusText(statistics.families(1)));
  const valueOf = (name: string, labels: Record<string, string>) =>
    families.flatMap(({ samples }) => samples).find((sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    )?.value;
  assert.equal(valueOf("aod_api_requests_total", { path: "/stats", status: "200" }), 2);
  assert.equal(valueOf("aod_api_requests_total", { path: "", status: "404" }), 1);
  assert.equal(valueOf("aod_api_refused_total", { cause: "rate" }), 2);
  assert.equal(valueOf("aod_api_streams", {}), 1);
  assert.equal(valueOf("aod_api_request_duration_seconds_bucket", { le: "0.005" }), 2);
  assert.equal(valueOf("aod_api_request_duration_seconds_count", {}), 3);
});
