/**
 * A strict reader of the Prometheus text format 0.0.4, written from its description, and a check of
 * what a scraper refuses: samples outside of their family, buckets that fall, a count that is not
 * the last bucket.
 * @module
 */
import assert from "node:assert/strict";

/** One line. */
export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** One block. */
export interface ExposedFamily {
  name: string;
  help: string;
  type: string;
  samples: ExposedSample[];
}

const SUFFIXES: Record<string, string[]> = { histogram: ["_bucket", "_sum", "_count"] };

/**
 * Families in their order.
 * @throws {AssertionError} for what the format forbids
 */
export function readExposition(text: string): ExposedFamily[] {
  assert.ok(text === "" || text.endsWith("\n"), "the last line has no line feed");
  const families: ExposedFamily[] = [];
  const lines = text.split("\n").slice(0, -1);
  for (let i = 0; i < lines.length;) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(lines[i++]);
    assert.ok(help, `no HELP: ${lines[i - 1]}`);
    const type = /^# TYPE (\S+) (counter|gauge|histogram|untyped)$/.exec(lines[i++] ?? "");
    assert.equal(type?.[1], help[1]);
    const family: ExposedFamily = {
      name: help[1],
      help: unescape(help[2], false),
      type: type?.[2] ?? "",
      samples: [],
    };
    while (i < lines.length && !lines[i].startsWith("#")) family.samples.push(readLine(lines[i++]));
    families.push(family);
  }
  const names = families.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "a family comes twice");
  families.forEach(checkFamily);
  return families;
}

function readLine(line: string): ExposedSample {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  assert.ok(parts, `no sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = parts[2] ?? "";
  while (rest !== "") {
    const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[^])*)"(?:,(?=.)|$)/.exec(rest);
    assert.ok(pair, `no label: ${rest}`);
    assert.ok(!Object.hasOwn(labels, pair[1]), `the label ${pair[1]} comes twice`);
    Object.defineProperty(labels, pair[1], { value: unescape(pair[2], true), enumerable: true });
    rest = rest.slice(pair[0].length);
  }
  const special: Record<string, number> = { NaN: NaN, "+Inf": Infinity, "-Inf": -Infinity };
  const value = special[parts[3]] ?? Number(parts[3]);
  assert.ok(parts[3] === "NaN" || !Number.isNaN(value), `no number: ${parts[3]}`);
  return { name: parts[1], labels, value };
}

function unescape(text: string, quoted: boolean): string {
  return text.replace(/\\(.?)/gs, (_all, character: string) => {
    if (character === "n") return "\n";
    assert.ok(character === "\\" || quoted && character === '"', `no escape: \\${character}`);
    return character;
  });
}

function checkFamily({ name, type, samples }: ExposedFamily): void {
  const allowed = (SUFFIXES[type] ?? [""]).map((suffix) => name + suffix);
  const keys = samples.map((sample) => {
    assert.ok(allowed.includes(sample.name), `${sample.name} is not of ${name}`);
    return JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
  });
  assert.equal(new Set(keys).size, keys.length, `a sample of ${name} comes twice`);
  if (type === "counter") assert.match(name, /_total$/);
  if (type === "histogram") checkHistogram(samples);
}

function checkHistogram(samples: readonly ExposedSample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) => {
    return JSON.stringify(Object.entries(labels).sort());
  });
  for (const one of series.values()) {
    const buckets = one.filter(({ name }) => name.endsWith("_bucket"));
    const bounds = buckets.map(({ labels }) => labels.le === "+Inf" ? Infinity : Number(labels.le));
    assert.equal(bounds.at(-1), Infinity);
    for (let i = 1; i < buckets.length; i++) {
      assert.ok(bounds[i] > bounds[i - 1], "bounds ascend");
      assert.ok(buckets[i].value >= buckets[i - 1].value, "buckets are cumulative");
    }
    const count = one.find(({ name }) => name.endsWith("_count"));
    assert.equal(count?.value, buckets.at(-1)?.value);
    assert.equal(one.filter(({ name }) => name.endsWith("_sum")).length, 1);
  }
}
