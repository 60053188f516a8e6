/**
 * Metric families of the platform's own parts: bus, learning, history, budget, BPF programs.
 * @module
 */
import type { Labels, MetricFamily } from "../../api/prometheus.ts";
import type { SelfStats } from "../../api/self_stats.ts";
import type { ProgramTimes } from "../../bpf/program_time.ts";
import type { DetectionCounts } from "../../detect/metrics/detection.ts";
import type { HistoryCounts } from "../../sink/history/history_counts.ts";
import type { SubscriberStats } from "../../stream/bus.ts";
import { SHEDDING } from "./budget.ts";

type Sample = { labels: Labels; value: number };

/** All of them. */
export function selfFamilies(self: SelfStats): MetricFamily[] {
  return [
    ...budgetFamilies(self.budget),
    ...busFamilies(self.subscribers),
    ...(self.detection === null ? [] : detectionFamilies(self.detection)),
    ...(self.history === null ? [] : historyFamilies(self.history)),
    ...programFamilies(self.bpf),
  ];
}

function family(
  type: "counter" | "gauge",
  name: string,
  help: string,
  values: number | Sample[],
): MetricFamily {
  const samples = typeof values === "number" ? [{ labels: {}, value: values }] : values;
  return { name, help, type, samples };
}

function by(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function budgetFamilies({ cpu_percent, rss_mb, shed }: SelfStats["budget"]): MetricFamily[] {
  return [
    family("gauge", "aod_budget_cpu_percent", "Limit of one core; 0: none.", cpu_percent),
    family("gauge", "aod_budget_resident_bytes", "Limit of memory; 0: none.", rss_mb * 2 ** 20),
    family(
      "gauge",
      "aod_budget_shed",
      "Whether a part was put out to keep the budget.",
      SHEDDING.map((part) => ({ labels: { part }, value: shed.includes(part) ? 1 : 0 })),
    ),
  ];
}

/** Subscribers of one name are told as one. */
function busFamilies(subscribers: readonly SubscriberStats[]): MetricFamily[] {
  const of = (value: (subscriber: SubscriberStats) => number) => {
    const sums: Record<string, number> = {};
    for (const one of subscribers) sums[one.name] = (sums[one.name] ?? 0) + value(one);
    return by("subscriber", sums);
  };
  return [
    family(
      "counter",
      "aod_bus_delivered_total",
      "Events that a subscriber took.",
      of(({ delivered }) => delivered),
    ),
    family(
      "counter",
      "aod_bus_dropped_total",
      "Events that a subscriber lost.",
      of(({ dropped }) => dropped),
    ),
    family(
      "gauge",
      "aod_bus_waiting_events",
      "Events that wait for a subscriber.",
      of(({ waiting }) => waiting),
    ),
  ];
}

function detectionFamilies(counts: DetectionCounts): MetricFamily[] {
  const { keys, observed, outcomes, refused_value, refused_key, found, trained } = counts;
  return [
    family("gauge", "aod_detection_keys", "Metrics that are judged.", keys),
    family("counter", "aod_detection_observed_total", "Points and states that came.", observed),
    family(
      "counter",
      "aod_detection_outcomes_total",
      "Points and states by what became of them; cooldown and rate are anomalies left unsaid.",
      by("outcome", outcomes),
    ),
    family(
      "counter",
      "aod_detection_refused_total",
      "Points that were not judged.",
      by("cause", { value: refused_value, key: refused_key }),
    ),
    family(
      "counter",
      "aod_detection_anomalies_total",
      "Anomalies of metrics by method.",
      by("method", found),
    ),
    family("counter", "aod_detection_forests_total", "Isolation forests trained.", trained),
  ];
}

function historyFamilies(counts: HistoryCounts): MetricFamily[] {
  const { written, pending, dropped, flushes, failures, aged_blocks, displaced_blocks } = counts;
  return [
    family("counter", "aod_history_points_total", "Points written to disk.", written),
    family("gauge", "aod_history_pending_points", "Points that wait for the disk.", pending),
    family(
      "counter",
      "aod_history_dropped_total",
      "Points that are not on disk, by cause.",
      by("cause", { ...dropped }),
    ),
    family("counter", "aod_history_flushes_total", "Flushes that succeeded.", flushes),
    family(
      "counter",
      "aod_history_failures_total",
      "Writes and reads that failed, by cause.",
      by("cause", failures),
    ),
    family(
      "counter",
      "aod_history_removed_blocks_total",
      "Blocks removed from the file, by cause.",
      by("cause", { age: aged_blocks, room: displaced_blocks }),
    ),
    family("gauge", "aod_history_size_bytes", "Size of the file, without its log.", counts.bytes),
    family("gauge", "aod_history_keys", "Metrics with points on disk.", counts.keys),
  ];
}

/** Run time is of the time that was counted, which is told beside it. */
function programFamilies({ counting, counted_sec, programs }: ProgramTimes): MetricFamily[] {
  const of = (value: (figures: ProgramTimes["programs"][number]) => number): Sample[] =>
    programs.map((figures) => ({
      labels: { object: figures.object, program: figures.program },
      value: value(figures),
    }));
  const missed = family(
    "counter",
    "aod_bpf_program_missed_total",
    "Runs that the kernel left out, for the program ran on that processor already.",
    of(({ missed }) => missed),
  );
  if (counting === "never") return [missed];
  return [
    family(
      "counter",
      "aod_bpf_counted_seconds_total",
      "Time in which the kernel counted what BPF programs cost (ebpf.run_time).",
      counted_sec,
    ),
    family(
      "counter",
      "aod_bpf_program_run_time_seconds_total",
      "Time in a BPF program, of the time that was counted.",
      of(({ run_time_ns }) => run_time_ns / 1e9),
    ),
    family(
      "counter",
      "aod_bpf_program_runs_total",
      "Runs of a BPF program, of the time that was counted.",
      of(({ run_count }) => run_count),
    ),
    missed,
  ];
}
