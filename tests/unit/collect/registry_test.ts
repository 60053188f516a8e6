/**
 * What the registry says of collectors, and what they give on this host.
 * @module
 */
import assert from "node:assert/strict";
import { HOST, type MetricDescriptor } from "../../../src/collect/collector.ts";
import { KeyDescriber } from "../../../src/collect/describe.ts";
import { COLLECTOR_METRICS, collectorKeys, COLLECTORS } from "../../../src/collect/registry.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

Deno.test("registry: names and keys are unique, and every key has one thing at most that varies", () => {
  const names = COLLECTORS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  const keys = COLLECTOR_METRICS.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[a-z0-9_.]+(<[a-z]+>[a-z0-9_.]*)?$/);
  for (const { key, description } of COLLECTOR_METRICS) assert.ok(description !== "", key);
});

Deno.test("registry: the keys that the origin documents are there", () => {
  const keys = collectorKeys();
  assert.equal(keys.of("cpu.total")?.descriptor.metric_type, "utilization");
  assert.equal(keys.of("memory.virtual")?.descriptor.unit, "bytes");
  const disk = keys.of("disk.sda.read_bytes_delta");
  assert.equal(disk?.descriptor.metric_type, "delta");
  assert.deepEqual([disk?.label, disk?.value], ["device", "sda"]);
});

Deno.test("registry: whatever a collector gives on this host is described", () => {
  const keys = collectorKeys();
  for (const { name, make, metrics } of COLLECTORS) {
    const collector = make(HOST);
    collector.sample();
    for (const { key, value } of collector.sample().points) {
      const found = keys.of(key);
      assert.ok(found !== null && metrics.includes(found.descriptor), `${name}: ${key}`);
      assert.ok(Number.isFinite(value), key);
    }
  }
});

Deno.test("registry: whatever the collector of the SMB client gives is described", () => {
  using host = new FakeHost();
  const fixtures = new URL("../../fixtures/proc/6.12/", import.meta.url).pathname;
  for (const name of ["Stats", "DebugData"]) {
    host.write(`proc/fs/cifs/${name}`, Deno.readTextFileSync(`${fixtures}${name}`));
  }
  const entry = COLLECTORS.find(({ name }) => name === "smb");
  assert.ok(entry !== undefined);
  const looks = new Looks(host, entry);
  looks.next();
  const keys = collectorKeys();
  for (const key of Object.keys(looks.next())) assert.ok(keys.of(key) !== null, key);
});

Deno.test("describe: names with dots; the pattern with the most text of its own is meant", () => {
  const metric = (key: string): MetricDescriptor => ({
    key,
    unit: "",
    metric_type: "gauge",
    description: key,
  });
  const keys = new KeyDescriber(
    ["a.cores", "a.core<n>", "a.core<n>.idle", "b.<x>.c"].map(metric),
    2,
  );
  const of = (key: string) => {
    const found = keys.of(key);
    return found === null ? null : [found.descriptor.key, found.value];
  };
  assert.deepEqual(of("a.cores"), ["a.cores", ""]);
  assert.deepEqual(of("a.core7"), ["a.core<n>", "7"]);
  assert.deepEqual(of("a.core7.idle"), ["a.core<n>.idle", "7"]);
  assert.deepEqual(of("b.e.th.0.c"), ["b.<x>.c", "e.th.0"]);
  assert.equal(of("b..c"), null, "a name is not empty");
  assert.equal(of("b.c"), null);
  assert.equal(of("z"), null);
  assert.deepEqual(of("a.core7.idle"), ["a.core<n>.idle", "7"], "the same again");
});
