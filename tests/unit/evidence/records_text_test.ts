/** anomaly.json, requests.jsonl and README.txt: what a reader and a program get. */
import assert from "node:assert/strict";
import { anomalyJson } from "../../../src/evidence/anomaly_json.ts";
import { readmeText } from "../../../src/evidence/readme_txt.ts";
import type { Recording } from "../../../src/evidence/recorder.ts";
import { type PlaceNames, requestLines } from "../../../src/evidence/requests_jsonl.ts";
import { FLAG } from "../../../src/detect/fields.ts";
import {
  Bed,
  configOf,
  latencyAnomaly,
  MS,
  REAL_NAMES,
  SEC,
  slowRead,
} from "../../support/detect.ts";

const NAMES: PlaceNames = {
  server: (id) => `srv${id}`,
  share: () => "\\\\srv\\data",
  mountPoints: () => ["/mnt/data"],
};
const OFFSET = 1_700_000_000_000_000_000n;

function fired() {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 2 })]), 0n, REAL_NAMES);
  bed.wall = 1_763_600_000_123_456_789n;
  bed.feed([
    slowRead(SEC, {
      session_id: 0xffff_ffff_ffff_fff1n,
      message_id: 9_007_199_254_740_993n,
      flags: FLAG.TREE_VALID | FLAG.STATUS_VALID,
    }),
    slowRead(SEC + 5n * MS, { latency_ns: 60n * MS }),
  ]);
  return bed.anomalies[0];
}

Deno.test("anomaly.json has the timestamp as a number with all of its 19 digits", () => {
  const text = anomalyJson(fired(), NAMES, OFFSET);
  assert.match(text, /^\{\n {2}"anomaly": "latency",\n {2}"timestamp": 1763600000123456789,\n/);
  const parsed = JSON.parse(text);
  assert.equal(parsed.anomaly, "latency");
  assert.equal(parsed.id, "1763600000123456789");
  assert.equal(parsed.count, 2);
  assert.equal(parsed.why, "2 slow requests within 1 s, 2 are too many");
  assert.equal(parsed.worst[0].latency_ms, 60);
  assert.equal(parsed.rules.SMB2_READ, 20);
  assert.equal(parsed.patterns.length, 2);
});

Deno.test("an id that is no number makes no anomaly.json", () => {
  assert.throws(() => anomalyJson({ ...fired(), id: '1, "x": 1' }, NAMES, OFFSET), TypeError);
});

Deno.test("requests.jsonl: a header on the span, then requests with ids that nothing rounds", () => {
  const recording: Recording = {
    requests: fired().worst,
    covered_from_ns: 0n,
    covered_to_ns: 2n * SEC,
    overwritten: 7n,
    torn: 0,
  };
  const lines = [...requestLines(recording, NAMES, OFFSET)].map((line) => JSON.parse(line));
  assert.equal(lines.length, 3);
  assert.deepEqual([lines[0].requests, lines[0].overwritten], [2, 7]);
  assert.equal(lines[0].covered_to, "2023-11-14T22:13:22.000000000Z");
  const ids = lines.slice(1).find((line) => line.session_id === "0xfffffffffffffff1");
  assert.equal(ids.message_id, "9007199254740993");
  assert.equal(ids.end, "2023-11-14T22:13:21.000000000Z");
  assert.deepEqual([ids.share, ids.mount], ["\\\\srv\\data", ["/mnt/data"]]);
  assert.equal(ids.command, "SMB2_READ");
  assert.equal(ids.status, "STATUS_SUCCESS");
});

Deno.test("README.txt opens with the verdict", () => {
  const findings = {
    anomaly: fired(),
    logs: new Map<string, string>(),
    actions: [],
    metrics: [],
    series: null,
  };
  const verdict = { kind: "network", line: "network: slow", evidence: ["TCP: 100 ms"] };
  const text = readmeText(findings, verdict, null, OFFSET);
  assert.match(text, /^Verdict: network: slow\n\n {2}- TCP: 100 ms\n/);
  assert.match(text, /60\.000 ms SMB2_READ/);
});
