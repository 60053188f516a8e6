/**
 * What the tracers' histograms add up to since the worker began: by call, and by device.
 * @module
 */
import type { HistogramSample, MetricFamily } from "../../api/prometheus.ts";
import type { BlockRow } from "../../probe/block_io/rows.ts";
import type { SyscallRow } from "../../probe/syscall_tracer/rows.ts";
import type { TracerLedger } from "../../probe/tracer/event.ts";
import { foldHistograms, halveBuckets, OTHER } from "./caps.ts";
import {
  addHistogram,
  bucketFloor,
  emptyHistogram,
  type Log2Histogram,
} from "../../probe/tracer/histogram.ts";

/** Buckets below 1 us are told as one. */
const FIRST_BUCKET = 10;
/** What comes when there are so many is counted as `~other`. */
const MOST_ROWS = 1024;
/** So many are told by name. */
const MOST_TOLD = 40;

interface Row {
  labels: Record<string, string>;
  total: Log2Histogram;
}

/** Adds up. */
export class TracerHistograms {
  readonly #calls = new Map<string, Row>();
  readonly #requests = new Map<string, Row>();

  /** Adds a snapshot of the syscall tracer; processes are put together. */
  syscalls(rows: readonly SyscallRow[]): void {
    for (const { syscall_name, latency_ns } of byCount(rows)) {
      add(this.#calls, { syscall: syscall_name }, latency_ns);
    }
  }

  /** Adds a snapshot of the block tracer. */
  blocks(rows: readonly BlockRow[]): void {
    for (const { device, operation, latency_ns } of byCount(rows)) {
      add(this.#requests, { device, operation }, latency_ns);
    }
  }

  /** All of it, with the ledgers. */
  families(ledgers: Readonly<Record<string, TracerLedger>>): MetricFamily[] {
    return [
      {
        name: "aod_syscall_duration_seconds",
        help: "System calls by their time.",
        type: "histogram",
        samples: told(this.#calls),
      },
      {
        name: "aod_block_request_duration_seconds",
        help: "Block requests from issue to completion.",
        type: "histogram",
        samples: told(this.#requests),
      },
      {
        name: "aod_tracer_events_total",
        help: "What a tracer saw, by what became of it.",
        type: "counter",
        samples: Object.entries(ledgers).flatMap(([tracer, ledger]) => {
          const { dropped, seen: _seen, emitted, filtered, own } = ledger;
          const causes = Object.entries(dropped).map(([cause, n]) => [`dropped_${cause}`, n]);
          const fates = [["emitted", emitted], ["filtered", filtered], ["own", own], ...causes];
          return fates.map(([fate, value]) => ({
            labels: { tracer, fate: String(fate) },
            value: Number(value),
          }));
        }),
      },
    ];
  }
}

/** The busiest first: they get the names. */
function byCount<R extends { latency_ns: Log2Histogram }>(rows: readonly R[]): R[] {
  return [...rows].sort((a, b) => b.latency_ns.count - a.latency_ns.count);
}

function told(rows: ReadonlyMap<string, Row>): HistogramSample[] {
  return foldHistograms([...rows.values()].map((row) => halveBuckets(sampleOf(row))), MOST_TOLD);
}

function add(rows: Map<string, Row>, labels: Record<string, string>, more: Log2Histogram): void {
  const key = Object.values(labels).join("\0");
  let row = rows.get(key);
  if (row === undefined) {
    if (rows.size >= MOST_ROWS && !key.startsWith(OTHER)) {
      const others = Object.keys(labels).map((label) => [label, OTHER]);
      return add(rows, Object.fromEntries(others), more);
    }
    row = { labels, total: emptyHistogram(more.buckets.length) };
    rows.set(key, row);
  }
  addHistogram(row.total, more);
}

/** Bucket i holds what is below 2^(i + 1) ns. */
function sampleOf({ labels, total: { buckets, sum } }: Row): HistogramSample {
  const first = buckets.slice(0, FIRST_BUCKET).reduce((all, n) => all + n, 0);
  const counts = [first, ...buckets.slice(FIRST_BUCKET)];
  const bounds = counts.slice(0, -1).map((_, i) => bucketFloor(FIRST_BUCKET + i) / 1e9);
  return { labels, bounds, counts, sum: sum / 1e9 };
}
