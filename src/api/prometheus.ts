/**
 * The Prometheus text format, version 0.0.4: one block for each family, with HELP and TYPE first;
 * label values escape backslash, line feed and quote, help texts backslash and line feed.
 * @module
 */

/** Media type of the text. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** A value. */
export interface PlainSample {
  /** Empty for none. */
  labels: Labels;
  /** NaN and the infinities are allowed. */
  value: number;
}

/** A histogram. */
export interface HistogramSample {
  /** Without `le`. */
  labels: Labels;
  /** Upper bounds, ascending, without infinity. */
  bounds: readonly number[];
  /** By bucket, not cumulative; one more than bounds, for what is above the last. */
  counts: readonly number[];
  /** Of all observations. */
  sum: number;
}

/** Everything of one name. */
export type MetricFamily =
  & {
    /** Base unit in the name (`_seconds`, `_bytes`); a counter ends in `_total`. */
    name: string;
    /** One sentence. */
    help: string;
  }
  & (
    | { type: "counter" | "gauge" | "untyped"; samples: readonly PlainSample[] }
    | { type: "histogram"; samples: readonly HistogramSample[] }
  );

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Families as text. A family without samples is left out. A name that comes twice, or a sample whose
 * labels come twice in its family, is a fault, because a scraper would refuse the whole text.
 * @param onFault told why a family is left out
 */
export function prometheusText(
  families: readonly MetricFamily[],
  onFault: (reason: string) => void,
): string {
  const names = new Set<string>();
  let text = "";
  for (const family of families) {
    try {
      if (!NAME.test(family.name)) throw cannot(`${JSON.stringify(family.name)} is no name`);
      if (names.has(family.name)) throw cannot(`${family.name} comes twice`);
      names.add(family.name);
      if (family.samples.length > 0) text += block(family);
    } catch (error) {
      onFault(error instanceof Error ? error.message : String(error));
    }
  }
  return text;
}

function block(family: MetricFamily): string {
  const { name } = family;
  const seen = new Set<string>();
  let text = `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${family.type}\n`;
  const labelsOf = (labels: Labels): string[] => {
    const pairs = Object.entries(labels).map(([label, value]) => {
      if (!LABEL.test(label)) throw cannot(`${name} has the label ${JSON.stringify(label)}`);
      return `${label}="${escapeLabel(value)}"`;
    });
    const key = [...pairs].sort().join();
    if (seen.has(key)) throw cannot(`${name}{${key}} comes twice`);
    seen.add(key);
    return pairs;
  };
  if (family.type === "histogram") {
    for (const sample of family.samples) text += histogram(name, labelsOf(sample.labels), sample);
  } else {
    for (const { labels, value } of family.samples) text += line(name, labelsOf(labels), value);
  }
  return text;
}

function histogram(name: string, labels: string[], sample: HistogramSample): string {
  const { bounds, counts, sum } = sample;
  if (counts.length !== bounds.length + 1) {
    throw cannot(`${name} has ${counts.length} buckets for ${bounds.length} bounds`);
  }
  if (labels.some((label) => label.startsWith("le="))) throw cannot(`${name} has the label "le"`);
  let text = "";
  let total = 0;
  for (const [i, count] of counts.entries()) {
    if (i > 0 && i < bounds.length && !(bounds[i] > bounds[i - 1])) {
      throw cannot(`the bounds of ${name} do not ascend`);
    }
    total += count;
    const bound = i < bounds.length ? numberText(bounds[i]) : "+Inf";
    text += line(`${name}_bucket`, [...labels, `le="${bound}"`], total);
  }
  return text + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, total);
}

function line(name: string, labels: readonly string[], value: number): string {
  const braces = labels.length === 0 ? "" : `{${labels.join(",")}}`;
  return `${name}${braces} ${numberText(value)}\n`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function cannot(reason: string): Error {
  return new Error(`Cannot write the metrics: because ${reason}`);
}
