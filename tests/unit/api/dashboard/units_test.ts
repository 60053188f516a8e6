/**
 * Numbers with their units.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatAge,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatValue,
  NOTHING,
  threeDigits,
} from "../../../../src/api/dashboard/logic/units.ts";
import { unitOf } from "../../../../src/api/dashboard/logic/metric_unit.ts";
import { cellText } from "../../../../src/api/dashboard/logic/cell.ts";

Deno.test("units: three digits, without zeros that tell nothing", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [1, "1"],
    [1.234, "1.23"],
    [9.994, "9.99"],
    [9.996, "10"],
    [12.34, "12.3"],
    [99.96, "100"],
    [123.4, "123"],
    [0.05, "0.05"],
    [0.00123, "0.001"],
    [-12.34, "-12.3"],
  ];
  for (const [value, text] of cases) assert.equal(threeDigits(value), text, String(value));
});

Deno.test("units: durations", () => {
  assert.equal(formatDuration(0), "0 ns");
  assert.equal(formatDuration(1500), "1.5 µs");
  assert.equal(formatDuration(2_340_000), "2.34 ms");
  assert.equal(formatDuration(999_999_999), "1 s");
  assert.equal(formatDuration(90e9), "1.5 min");
  assert.equal(formatDuration(NaN), NOTHING);
});

Deno.test("units: bytes and counts step where they would need a fourth digit", () => {
  assert.equal(formatBytes(1023), "1023 B");
  assert.equal(formatBytes(1024), "1 KiB");
  assert.equal(formatBytes(8_192_000_000), "7.63 GiB");
  assert.equal(formatCount(999), "999");
  assert.equal(formatCount(999.6), "1k");
  assert.equal(formatCount(12_345), "12.3k");
});

Deno.test("units: values by the unit of their descriptor", () => {
  assert.equal(formatValue(23.5, "%"), "23.5 %");
  assert.equal(formatValue(2048, "bytes"), "2 KiB");
  assert.equal(formatValue(2048, "bytes/s"), "2 KiB/s");
  assert.equal(formatValue(1.5, "ms"), "1.5 ms");
  assert.equal(formatValue(1500, "requests/s"), "1.5k/s");
  assert.equal(formatValue(null, "%"), NOTHING);
  assert.equal(formatValue(undefined, ""), NOTHING);
});

Deno.test("units: any number has a short text", () => {
  fc.assert(fc.property(
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.constantFrom("%", "bytes", "ms", "ns", "requests/s", ""),
    (value, unit) => {
      const text = formatValue(value, unit);
      assert.ok(text.length <= 20, text);
      assert.doesNotMatch(text, /NaN|Infinity|undefined/);
    },
  ));
});

Deno.test("units: ages have two parts", () => {
  assert.equal(formatAge(0), "0 s");
  assert.equal(formatAge(59.6), "1 min");
  assert.equal(formatAge(306), "5 min 6 s");
  assert.equal(formatAge(3 * 86_400 + 4 * 3600 + 59), "3 d 4 h");
  assert.equal(formatAge(NaN), NOTHING);
});

Deno.test("units: a time of day, or nothing", () => {
  assert.match(formatClock(1_702_943_456), /^\d\d:\d\d:\d\d$/);
  assert.equal(formatClock(NaN), NOTHING);
});

Deno.test("units: a key tells its unit where no descriptor did", () => {
  assert.equal(unitOf("cpu.total", undefined), "%");
  assert.equal(unitOf("cpu.load1", undefined), "");
  assert.equal(unitOf("memory.dirty", undefined), "bytes");
  assert.equal(unitOf("memory.percent", undefined), "%");
  assert.equal(unitOf("disk.sda.read_bytes_delta", undefined), "bytes");
  assert.equal(unitOf("collector.cpu.duration_ms", undefined), "ms");
  assert.equal(unitOf("cpu.total", "tasks"), "tasks");
});

Deno.test("units: cells of a table; numbers that are names stay whole", () => {
  assert.equal(cellText("pid", 123_456), "123456");
  assert.equal(cellText("read_bytes", 2048), "2 KiB");
  assert.equal(cellText("credits", 8190), "8.19k");
  assert.equal(cellText("dialect", "3.1.1"), "3.1.1");
  assert.equal(cellText("address", null), NOTHING);
});
