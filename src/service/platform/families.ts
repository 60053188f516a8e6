/**
 * Metric families for Prometheus: the host's metrics, SMB latencies, and everything that the agent
 * counts about itself. Names are made of the keys; units are base units.
 * @module
 */
import type { MetricFamily } from "../../api/prometheus.ts";
import type { KeyDescriber } from "../../collect/describe.ts";
import { AOD_VERSION } from "../../os/build_info.ts";
import type { SeriesStore } from "../../stream/series.ts";
import type { ControlBlock } from "../control.ts";
import { COUNTERS, GAUGES, SUMMARIES } from "../control_names.ts";
import { cutGauges, foldCounters, foldHistograms } from "./caps.ts";
import type { SmbFigures } from "./smb_latency.ts";

type Scalar = Extract<MetricFamily, { type: "counter" | "gauge" | "untyped" }>;

/** Values of a unit are multiplied by this, and named by that. */
const BASE_UNITS: Record<string, { factor: number; suffix: string }> = {
  ms: { factor: 1e-3, suffix: "seconds" },
  us: { factor: 1e-6, suffix: "seconds" },
  "%": { factor: 1, suffix: "percent" },
  bytes: { factor: 1, suffix: "bytes" },
};
/** Endings that say something else to Prometheus. */
const RESERVED = /_(?:total|count|sum|bucket)$/;

/** So many series of metrics are told, and so many histograms and causes of errors of SMB. */
const MOST_SERIES = 1500;
const MOST_SMB_ROWS = 40;
const MOST_SMB_ERRORS = 100;

/** The newest value of every series, one family a pattern; see {@linkcode cutGauges}. */
export function hostFamilies(series: SeriesStore, describer: KeyDescriber): MetricFamily[] {
  const families = new Map<string, { help: string; samples: Map<string, Scalar["samples"][0]> }>();
  for (const key of series.keys()) {
    const described = describer.of(key);
    const latest = series.latest(key);
    if (described === null || latest === null) continue;
    const { descriptor, label, value } = described;
    const { factor = 1, suffix = "" } = BASE_UNITS[descriptor.unit] ?? {};
    const name = metricName(descriptor.key, suffix);
    const family = families.get(name) ?? { help: `${descriptor.description}.`, samples: new Map() };
    families.set(name, family);
    const labels: Record<string, string> = label === null ? {} : { [label]: value };
    family.samples.set(value, { labels, value: latest.value * factor });
  }
  const all = [...families].map(([name, { help, samples }]) => ({
    name,
    help,
    type: "gauge" as const,
    samples: [...samples.values()],
  }));
  const { families: told, left_out } = cutGauges(all, MOST_SERIES);
  return [...told, {
    name: "aod_metrics_left_out",
    help: "Series of metrics that are not told here, because there are too many.",
    type: "gauge",
    samples: [{ labels: {}, value: left_out }],
  }];
}

/** `disk.<device>.read_bytes_delta` becomes `aod_disk_read_bytes_delta_bytes` and so on. */
export function metricName(pattern: string, suffix: string): string {
  const plain = pattern.replace(/<\w+>/g, "").split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "" && part !== "ms" && part !== "us" && part !== "aod").join("_")
    .replace(/_(?:ms|us)(?=_|$)/g, "");
  const words = plain.split("_");
  const name = `aod_${suffix === "" || words.includes(suffix) ? plain : `${plain}_${suffix}`}`;
  return RESERVED.test(name) ? `${name}_now` : name;
}

/** Everything in the control block. */
export function controlFamilies(control: ControlBlock): MetricFamily[] {
  const gauges = new Set<string>(GAUGES);
  const counters = COUNTERS.map((name): MetricFamily => {
    const gauge = gauges.has(name);
    return {
      name: `aod_${name}${gauge ? "" : "_total"}`,
      help: `Of the agent: ${name.replaceAll("_", " ")}.`,
      type: gauge ? "gauge" : "counter",
      samples: [{ labels: {}, value: control.get(name) }],
    };
  });
  return [...counters, ...summaryFamilies(control)];
}

/** So many of the log2 buckets are told; the rest is beyond any reason. */
const TOLD_BUCKETS = 32;

function summaryFamilies(control: ControlBlock): MetricFamily[] {
  return SUMMARIES.filter((name) => control.summary(name).count > 0).map((name): MetricFamily => {
    const unit = /_(us|ms)$/.exec(name)?.[1];
    const { factor, suffix } = BASE_UNITS[unit ?? ""] ?? { factor: 1, suffix: "" };
    const { sum, buckets } = control.summary(name);
    const told = buckets.slice(0, TOLD_BUCKETS);
    const rest = buckets.slice(TOLD_BUCKETS).reduce((all, n) => all + n, 0);
    return {
      name: metricName(name, suffix),
      help: `Of the agent: ${name.replace(/_(us|ms)$/, "").replaceAll("_", " ")}.`,
      type: "histogram",
      samples: [{
        labels: {},
        bounds: told.map((_, i) => factor * 2 ** i),
        counts: [...told, rest],
        sum: sum * factor,
      }],
    };
  });
}

/** Latency and errors of SMB. */
export function smbFamilies({ bounds_ms, latency, errors }: SmbFigures): MetricFamily[] {
  return [
    {
      name: "aod_smb_request_duration_seconds",
      help: "SMB requests by their time, without those that wait by design.",
      type: "histogram",
      samples: foldHistograms(
        latency.map(({ server, share, command, counts, sum_ms }) => ({
          labels: { server, share, command },
          bounds: bounds_ms.map((ms) => ms / 1000),
          counts,
          sum: sum_ms / 1000,
        })),
        MOST_SMB_ROWS,
      ),
    },
    {
      name: "aod_smb_errors_total",
      help: "SMB requests that failed.",
      type: "counter",
      samples: foldCounters(
        errors.map(({ code, command, server, count }) => ({
          labels: { code, command, server },
          value: count,
        })),
        MOST_SMB_ERRORS,
      ),
    },
  ];
}

/** Totals of the platform's parts: name without `aod_` and `_total` to what it counts and how many. */
export function totalFamilies(
  totals: Record<string, [help: string, value: number]>,
): MetricFamily[] {
  return Object.entries(totals).map(([name, [help, value]]) => ({
    name: `aod_${name}_total`,
    help,
    type: "counter",
    samples: [{ labels: {}, value }],
  }));
}

/** The process. */
export function processFamilies(
  cost: { cpu_seconds: number; rss_bytes: number },
): MetricFamily[] {
  const one = (value: number, labels = {}) => [{ labels, value }];
  return [
    {
      name: "aod_info",
      help: "The program.",
      type: "gauge",
      samples: one(1, { version: AOD_VERSION }),
    },
    {
      name: "process_cpu_seconds_total",
      help: "Processor time of the agent.",
      type: "counter",
      samples: one(cost.cpu_seconds),
    },
    {
      name: "process_resident_memory_bytes",
      help: "Resident memory of the agent.",
      type: "gauge",
      samples: one(cost.rss_bytes),
    },
  ];
}
