/**
 * What a decision costs: the detectors of the default shape (latency, error, reconnect, credit) on
 * columns that are already decoded, by batch size and by how many of the records offend.
 *
 * `deno run -A bench/detect_bench.ts` prints a table, for work on the detectors. What is published
 * (bench/decode_bench.ts) decodes too.
 * @module
 */
import type { ActionSpec, AnomalyConfig } from "../src/config/types.ts";
import { emptyStats } from "../src/detect/detector.ts";
import { FLAG, RECORD_BYTES, type RowColumns } from "../src/detect/fields.ts";
import { Guardian } from "../src/detect/guardian.ts";
import { IdSource } from "../src/detect/ids.ts";
import { decodeRequest } from "../src/probe/smb/decode.ts";
import { emptyColumns, setRow } from "../tests/support/columns.ts";
import { configOf, latencyAnomaly, MS } from "../tests/support/detect.ts";

/** One measured point. */
export interface DetectPoint {
  /** Records per call of the detectors. */
  batch: number;
  /** What the records are. */
  mix: string;
  /** Median over the rounds, ns per record. */
  ns_per_event: number;
}

const ROWS = 1 << 16;

const MIXES: Record<string, (i: number) => { latency: bigint; status: number; fill: number }> = {
  /** What a kernel that filters exactly lets through in a burst: everything slow, cooling down. */
  "all slow, cooling down": () => ({ latency: 50n * MS, status: 0, fill: 10 }),
  /** Slow ones that fill the window without end: every one is kept. */
  "all slow, window filling": () => ({ latency: 50n * MS, status: 0, fill: 1e9 }),
  /** One in ten is slow, the others are left by another anomaly's lower threshold. */
  "one in ten slow": (i) => ({ latency: i % 10 === 0 ? 50n * MS : MS, status: 0, fill: 10 }),
  /** Every one failed. */
  "all failed, cooling down": () => ({ latency: MS, status: 0xc0000022, fill: 10 }),
};

function anomalies(count: number): AnomalyConfig[] {
  const base = {
    mode: "all",
    acceptable_count: count,
    cooldown_sec: 30,
    group_by: "none",
    tool: "smbiosnoop",
  } as const;
  const actions: ActionSpec[] = [];
  return [
    latencyAnomaly({ acceptable_count: count }),
    {
      ...base,
      actions,
      name: "error",
      type: "error",
      all_failures: true,
      track_codes: [],
      exclude_codes: [],
    },
    { ...base, actions, name: "reconnect", type: "reconnect", params: {} },
    { ...base, actions, name: "credit", type: "credit", params: {} },
  ];
}

function fill(mix: (i: number) => { latency: bigint; status: number }): RowColumns {
  const columns = emptyColumns(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const { latency, status } = mix(i);
    setRow(columns, i, {
      command: 8,
      flags: FLAG.STATUS_VALID,
      status,
      error: status === 0 ? 0 : -13,
      end_ns: 1_000_000_000n + BigInt(i) * 500n,
      latency_ns: latency,
      message_id: BigInt(i),
    });
  }
  return columns;
}

function guardian(count: number): Guardian {
  return new Guardian(configOf(anomalies(count)), {
    watchIntervalSec: 1,
    base: 0n,
    ids: new IdSource(() => 1_700_000_000_000_000_000n),
    names: {
      command: String,
      status: String,
      errno: String,
      server: String,
      share: String,
    },
    decode: (view, offset) => decodeRequest(view, offset, RECORD_BYTES),
    nowNs: () => 0n,
    onAnomaly: () => {},
    onFollowup: () => {},
    stats: emptyStats(),
  });
}

/** Measures every mix at every batch size. */
export function benchDetect(
  options: { batches?: number[]; rounds?: number } = {},
): DetectPoint[] {
  const points: DetectPoint[] = [];
  for (const [name, mix] of Object.entries(MIXES)) {
    const columns = fill(mix);
    for (const batch of options.batches ?? [1, 10, 100, 1000, 10_000]) {
      const times: number[] = [];
      for (let round = 0; round < (options.rounds ?? 15); round++) {
        const watch = guardian(mix(0).fill);
        const started = performance.now();
        for (let at = 0; at + batch <= ROWS; at += batch) watch.observe(columns, at, at + batch);
        const events = Math.floor(ROWS / batch) * batch;
        times.push((performance.now() - started) * 1e6 / events);
      }
      times.sort((a, b) => a - b);
      points.push({ batch, mix: name, ns_per_event: times[times.length >> 1] });
    }
  }
  return points;
}

if (import.meta.main) {
  for (const point of benchDetect()) {
    console.log(
      `${point.mix.padEnd(26)} batch ${String(point.batch).padStart(6)}  ` +
        `${point.ns_per_event.toFixed(2)} ns/event`,
    );
  }
}
