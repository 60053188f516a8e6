/** The detection of anomalies as the platform calls it. @module */
import assert from "node:assert/strict";
import { MetricDetection } from "../../../../src/detect/metrics/detection.ts";
import { HOST_VECTOR, HostVector } from "../../../../src/detect/metrics/host_vector.ts";
import { anomalyEvent, type MetricAnomaly } from "../../../../src/detect/metrics/metric_anomaly.ts";
import { floorOfUnit } from "../../../../src/detect/metrics/options.ts";
import { Random } from "../../../../src/detect/metrics/random.ts";

const START = 1_702_943_000;

/** Feeds a series at one point a second; returns what was found. */
function feed(
  detection: MetricDetection,
  values: Iterable<number>,
  key = "cpu.total",
  start = START,
): MetricAnomaly[] {
  const found: MetricAnomaly[] = [];
  let time = start;
  for (const value of values) {
    const anomaly = detection.observe(key, time++, value);
    if (anomaly !== null) found.push(anomaly);
  }
  return found;
}

function noisy(count: number, mean: number, deviation: number, seed = 1): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => mean + deviation * random.normal());
}

Deno.test("a spike is one anomaly with its value, mean and distance", () => {
  const detection = new MetricDetection();
  const found = feed(detection, [...noisy(200, 24, 2), 95.2, 94, 96, ...noisy(100, 24, 2, 2)]);
  assert.equal(found.length, 1);
  const [{ mean, z_score, ...rest }] = found;
  assert.deepEqual(rest, {
    metric_key: "cpu.total",
    value: 95.2,
    method: "z_score",
    timestamp: START + 200,
  });
  assert.ok(Math.abs(mean - 24) < 0.6);
  assert.ok(z_score > 25 && z_score < 50, `${z_score}`);
  const { outcomes, found: methods, observed } = detection.counts();
  assert.equal(observed, 303);
  assert.equal(outcomes.warming, 120);
  assert.equal(outcomes.report, 1);
  assert.equal(outcomes.excursion, 2, "the other points of the spike are counted, not reported");
  assert.equal(methods.z_score, 1);
});

Deno.test("a fall is an anomaly below zero", () => {
  const [fall] = feed(new MetricDetection(), [...noisy(200, 1000, 20), 10]);
  assert.ok(fall.z_score < -30);
});

Deno.test("nothing is said before warm-up is over", () => {
  const detection = new MetricDetection({ warmup: 60 });
  assert.deepEqual(feed(detection, [...noisy(58, 5, 1), 1e6]), []);
  assert.equal(detection.counts().outcomes.warming, 59);
});

Deno.test("a flat series is no anomaly, nor is its first step or a rare burst", () => {
  for (const level of [0, 1, 100, 8.5e9]) {
    const detection = new MetricDetection({ min_interval_sec: 0 });
    const flat = new Array(500).fill(level);
    const burst = flat.map((v, i) => i % 90 === 89 ? v + 4096 : v);
    assert.deepEqual(feed(detection, [...flat, ...burst]), [], `level ${level}`);
    assert.ok(detection.counts().outcomes.flat > 800);
  }
});

Deno.test("three points beyond three sigma are an anomaly, two are not", () => {
  const quiet = (seed: number) => noisy(300, 50, 2, seed).map((v) => Math.min(55, Math.max(45, v)));
  // Four sigma each: below what one point alone needs.
  const found = feed(new MetricDetection(), [...quiet(1), 58, 58, ...quiet(2), 58, 58, 58]);
  assert.equal(found.length, 1);
  assert.equal(found[0].method, "three_sigma");
  assert.equal(found[0].timestamp, START + 604);
  const mixed = feed(new MetricDetection(), [...quiet(1), 58, 42, 58, 42, 58, 42]);
  assert.deepEqual(mixed, [], "on both sides is no shift");
});

Deno.test("a level that stays is reported once and then is the new normal", () => {
  const detection = new MetricDetection();
  const shifted = [...noisy(300, 20, 1), ...noisy(1000, 40, 1, 2)];
  assert.equal(feed(detection, shifted).length, 1);
  const [back] = feed(detection, noisy(50, 20, 1, 3), "cpu.total", START + 5000);
  assert.ok(back !== undefined && back.z_score < 0, "the way back is an anomaly");
});

Deno.test("a wild value does not hide the next one", () => {
  const found = feed(new MetricDetection({ min_interval_sec: 0 }), [
    ...noisy(200, 10, 1),
    1e9,
    ...noisy(30, 10, 1, 2),
    30,
  ]);
  assert.deepEqual(found.map(({ value }) => value), [1e9, 30]);
});

Deno.test("the median sees what the mean has been drawn away from", () => {
  // A third of the points high: mean and deviation swallow the next high one, the median does not.
  const base = noisy(300, 20, 1).map((v, i) => i % 10 < 3 ? v + 15 : v);
  const series = [...base, 41];
  assert.deepEqual(feed(new MetricDetection(), series), []);
  const found = feed(new MetricDetection({ robust: true, z_threshold: 8, warmup: 299 }), series);
  assert.equal(found.length, 1);
  assert.equal(found[0].method, "robust");
  assert.ok(Math.abs(found[0].mean - 20.5) < 1, "compared with the median");
});

Deno.test("a spread below the unit's floor does not count", () => {
  const series = [...noisy(200, 2, 0.05), 4];
  assert.equal(feed(new MetricDetection(), series).length, 1);
  assert.deepEqual(feed(new MetricDetection({ floor_of: () => floorOfUnit("%") }), series), []);
  assert.equal(floorOfUnit("something"), 1);
});

Deno.test("a change by a few percent of a large value does not count", () => {
  assert.deepEqual(feed(new MetricDetection(), [...noisy(200, 8e9, 1000), 8.2e9]), []);
  assert.equal(feed(new MetricDetection(), [...noisy(200, 8e9, 1000), 9e9]).length, 1);
});

Deno.test("what is no number, or too large to square, is refused and counted", () => {
  const detection = new MetricDetection();
  for (const value of [NaN, Infinity, -Infinity, 1e200]) detection.observe("a", START, value);
  detection.observe("a", NaN, 1);
  detection.observeHost(new Float64Array(7), START);
  detection.observeHost(new Float64Array(8).fill(NaN), START);
  assert.equal(detection.counts().refused_value, 7);
  assert.equal(detection.counts().keys, 0);
});

Deno.test("keys are bounded; one that nothing comes from gives way", () => {
  const detection = new MetricDetection({ keys: 2 });
  for (const key of ["a", "b", "c", "c"]) detection.observe(key, START, 1);
  assert.equal(detection.counts().keys, 2);
  assert.equal(detection.counts().refused_key, 2);
  detection.observe("b", START + 3000, 1);
  detection.observe("c", START + 4000, 1);
  assert.equal(detection.counts().keys, 2);
  assert.equal(detection.counts().refused_key, 2);
});

Deno.test("options that make no sense are refused", () => {
  assert.throws(() => new MetricDetection({ window: 0 }), /Cannot detect with window 0/);
  assert.throws(() => new MetricDetection({ warmup: 400 }), /because the window holds 300 points/);
  assert.throws(() => new MetricDetection({ threshold: NaN }), RangeError);
});

Deno.test("every point has one outcome", () => {
  const detection = new MetricDetection({ per_minute: 2, min_interval_sec: 10 });
  for (let k = 0; k < 5; k++) {
    feed(detection, noisy(900, 20, 1, k).map((v, i) => i % 97 < 4 ? v + 30 : v), `key${k}`);
  }
  const { observed, outcomes, found, refused_key, refused_value } = detection.counts();
  const sum = Object.values(outcomes).reduce((a, b) => a + b, 0);
  assert.equal(sum + refused_key + refused_value, observed);
  assert.equal(Object.values(found).reduce((a, b) => a + b, 0), outcomes.report);
  assert.ok(outcomes.rate > 0 && outcomes.excursion > 0);
});

Deno.test("the host: eight metrics that leave together are one anomaly that names them", () => {
  const detection = new MetricDetection({ seed: 3 });
  const random = new Random(8);
  const found: MetricAnomaly[] = [];
  const states = 700;
  for (let i = 0; i < states; i++) {
    const ill = i >= 600 && i < 620;
    const shift = (k: number) => !ill ? 0 : k >= 5 ? 40 : 4;
    const vector = Float64Array.from(HOST_VECTOR, (_, k) => 50 + random.normal() + shift(k));
    const anomaly = detection.observeHost(vector, START + i);
    if (anomaly !== null) found.push(anomaly);
  }
  assert.equal(found.length, 1);
  const [{ metric_key, method, score, value, timestamp, shares, z_score }] = found;
  assert.deepEqual([metric_key, method], ["host", "isolation_forest"]);
  assert.ok(score !== undefined && score >= 0.7 && score === value);
  assert.ok(timestamp >= START + 600 && timestamp < START + 605);
  assert.ok(z_score > 3);
  const named = shares?.map((share) => share.metric_key).sort();
  assert.deepEqual(named, HOST_VECTOR.slice(5).sort());
  const { trained, outcomes } = detection.counts();
  assert.equal(trained, 2, "after 256 states, and 250 after that");
  assert.equal(outcomes.warming, 256);
  assert.ok(detection.hostScore > 0 && detection.hostScore < 0.7);
});

Deno.test("the host's state is complete when all eight are there and fresh", () => {
  const host = new HostVector();
  const rest = HOST_VECTOR.slice(1).map((key, i) => ({ key, value: i + 2 }));
  const total = [{ key: "cpu.total", value: 1 }, { key: "cpu.core0", value: 99 }];
  assert.equal(host.add({ timestamp: 100, points: total }), null, "others are missing");
  assert.equal(host.add({ timestamp: 100.5, points: rest }), null, "no new state");
  const vector = host.add({ timestamp: 101, points: total });
  assert.deepEqual([...vector ?? []], [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.notEqual(host.add({ timestamp: 115, points: total }), null);
  assert.equal(host.add({ timestamp: 116, points: total }), null, "too old");
  host.add({ timestamp: 160, points: rest });
  assert.notEqual(host.add({ timestamp: 300, points: total }), null, "as slow as it always was");
  const bad = [{ key: "cpu.total", value: NaN }];
  assert.equal(host.add({ timestamp: 301, points: bad }), null, "no number is no point");
});

Deno.test("the event of an anomaly has the form of the API", () => {
  const anomaly: MetricAnomaly = {
    metric_key: "cpu.total",
    value: 95.2,
    mean: 24.1,
    z_score: 3.8,
    method: "z_score",
    timestamp: 1702943450.25,
  };
  assert.deepEqual(anomalyEvent("a1b2c3d4", anomaly), {
    event_id: "a1b2c3d4",
    event_type: "anomaly",
    timestamp: 1702943450.25,
    source: "ml::anomaly_detector",
    data: { metric_key: "cpu.total", value: 95.2, mean: 24.1, z_score: 3.8, method: "z_score" },
  });
});

Deno.test("a burst like one that was there minutes ago is no anomaly, a far larger one is", () => {
  const bursty = (seed: number, height: number) =>
    noisy(200, 20, 1, seed).map((v, i) => i === 180 ? v + height : v);
  // Twenty deviations in the warm-up, then again, then eighty.
  const series = [...bursty(1, 20), ...bursty(2, 20), ...bursty(3, 80)];
  const found = feed(new MetricDetection({ warmup: 200 }), series);
  assert.deepEqual(found.map(({ timestamp }) => timestamp - START), [580]);
});
