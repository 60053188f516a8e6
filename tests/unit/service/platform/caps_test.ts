/** What `/metrics` leaves out or adds up: nothing is lost of what can be added. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { HistogramSample, MetricFamily } from "../../../../src/api/prometheus.ts";
import { prometheusText } from "../../../../src/api/prometheus.ts";
import { KeyDescriber } from "../../../../src/collect/describe.ts";
import { COLLECTOR_METRICS } from "../../../../src/collect/registry.ts";
import {
  cutGauges,
  foldCounters,
  foldHistograms,
  halveBuckets,
} from "../../../../src/service/platform/caps.ts";
import { hostFamilies, smbFamilies } from "../../../../src/service/platform/families.ts";
import { TracerHistograms } from "../../../../src/service/platform/tracer_histograms.ts";
import { SeriesStore } from "../../../../src/stream/series.ts";

const BOUNDS = [0.001, 0.002, 0.004, 0.008];
const rows = fc.array(
  fc.record({
    counts: fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
    sum: fc.nat(100_000),
  }),
  { maxLength: 30 },
);

function histograms(of: { counts: number[]; sum: number }[]): HistogramSample[] {
  return of.map(({ counts, sum }, i) => ({
    labels: { server: `s${i}`, command: "READ" },
    bounds: BOUNDS,
    counts,
    sum,
  }));
}

function total(samples: readonly HistogramSample[]): [number[], number] {
  const counts = BOUNDS.concat(0).map((_, i) => samples.reduce((all, s) => all + s.counts[i], 0));
  return [counts, samples.reduce((all, s) => all + s.sum, 0)];
}

Deno.test("folded histograms and counters are as many as may be, and add up to the same", () => {
  fc.assert(fc.property(rows, fc.nat(20), (of, most) => {
    const all = histograms(of);
    const folded = foldHistograms(all, most);
    assert.ok(folded.length <= most + 1);
    assert.deepEqual(total(folded), total(all));
    assert.deepEqual(folded.slice(0, most), all.slice(0, most));
    const counters = foldCounters(all.map(({ labels, sum }) => ({ labels, value: sum })), most);
    assert.ok(counters.length <= most + 1);
    assert.equal(counters.reduce((sum, { value }) => sum + value, 0), total(all)[1]);
  }));
});

Deno.test("what is folded grows only: a new row does not move those before it", () => {
  const before = foldHistograms(
    histograms([...Array(6)].map(() => ({ counts: [1, 0, 0, 0, 0], sum: 1 }))),
    4,
  );
  const after = foldHistograms(
    histograms([...Array(9)].map(() => ({ counts: [1, 0, 0, 0, 0], sum: 1 }))),
    4,
  );
  assert.deepEqual(after.slice(0, 4), before.slice(0, 4));
  assert.deepEqual(before[4].labels, { server: "~other", command: "~other" });
  assert.deepEqual([before[4].counts[0], after[4].counts[0]], [2, 5]);
});

Deno.test("half the buckets hold what all of them held, below the bounds that are left", () => {
  fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), (counts) => {
    const bounds = counts.slice(1).map((_, i) => 2 ** i);
    const halved = halveBuckets({ labels: {}, bounds, counts, sum: 3 });
    const below = (bound: number, of: { bounds: readonly number[]; counts: readonly number[] }) =>
      of.counts.reduce((sum, n, i) => sum + (of.bounds[i] <= bound ? n : 0), 0);
    for (const bound of halved.bounds) {
      assert.equal(below(bound, halved), below(bound, { bounds, counts }));
    }
    assert.equal(halved.counts.length, halved.bounds.length + 1);
    const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
    assert.equal(sum(halved.counts), sum(counts));
  }));
});

Deno.test("gauges: the widest families are cut, and it is said by how much", () => {
  const family = (name: string, n: number) => ({
    name,
    help: "x",
    type: "gauge" as const,
    samples: Array.from({ length: n }, (_, i) => ({ labels: { core: String(i) }, value: i })),
  });
  const whole = cutGauges([family("a", 1), family("b", 256)], 300);
  assert.deepEqual(whole.families.map(({ samples }) => samples.length), [1, 256]);
  assert.equal(whole.left_out, 0);
  const cut = cutGauges([family("a", 1), family("b", 300), family("c", 90)], 200);
  assert.deepEqual(cut.families.map(({ samples }) => samples.length), [1, 64, 64]);
  assert.equal(cut.left_out, 391 - 129);
});

Deno.test("the most there may be of each part is bounded", () => {
  const series = new SeriesStore({ points: 2, keys: 4096 });
  for (let i = 0; i < 200; i++) {
    for (const { key } of COLLECTOR_METRICS) {
      series.add(key.replace(/<\w+>/, `device${i}`), 1, 123_456.789);
    }
  }
  const tracers = new TracerHistograms();
  const latency_ns = { count: 36, sum: 1e9, buckets: new Array<number>(36).fill(1_000_000) };
  tracers.syscalls(Array.from({ length: 450 }, (_, nr) => ({
    ...{ comm: "x", tgid: 0, nr, syscall_name: `syscall_${nr}`, calls: 36, latency_ns },
  })));
  const bounds_ms = Array.from({ length: 19 }, (_, i) => 2 ** (i - 4));
  const latency = Array.from({ length: 500 }, (_, i) => ({
    ...{ server: `fileserver${i}.example.com`, share: `\\\\fileserver${i}.example.com\\projects` },
    ...{ command: "SMB2_QUERY_DIRECTORY", count: 20, errors: 0, sum_ms: 3 },
    ...{ p50_ms: 1, p90_ms: 1, p99_ms: 1, max_ms: 1 },
    counts: new Array<number>(20).fill(1_000_000),
  }));
  const size = (families: MetricFamily[]) =>
    prometheusText(families, (reason) => assert.fail(reason)).length;
  const host = size(hostFamilies(series, new KeyDescriber(COLLECTOR_METRICS)));
  const calls = size(tracers.families({}));
  const smb = size(smbFamilies({ bounds_ms, latency, errors: [] }));
  assert.ok(host < 150_000, `host ${host}`);
  assert.ok(calls < 60_000, `system calls ${calls}`);
  assert.ok(smb < 160_000, `SMB ${smb}`);
});
