/**
 * From the end of a request (the kernel's stamp in the record) to the watcher's decision, through
 * the real ring, dispatcher and watcher: one emergency, and a burst that reaches the count.
 * @module
 */
import type { Config } from "../src/config/types.ts";
import type { Anomaly } from "../src/detect/anomaly.ts";
import { PRODUCE } from "../tests/support/producer.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { defaultConfig } from "./support/guardian.ts";
import { Pipeline } from "./support/pipeline.ts";

const RING_BYTES = 1 << 20;
const READ = 8;
/** A short window, so that one burst is out of it before the next. */
const WINDOW_SEC = 0.05;
/** Trials are this far apart, at random: the dispatcher naps, sleeps and dozes off. */
const GAP_MIN_MS = 60;
const GAP_MAX_MS = 260;
const TIMEOUT_MS = 5_000;

/** The embedded configuration with its latency anomaly only, never cooling down. */
export function latencyConfig(): Config {
  const base = defaultConfig();
  const anomalies = base.guardian.anomalies.filter(({ type }) => type === "latency")
    .map((anomaly) => ({ ...anomaly, cooldown_sec: 0 }));
  return { ...base, watch_interval_sec: WINDOW_SEC, guardian: { anomalies } };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Delay of the first anomaly after each trial, in ms, sorted. */
export async function trials(
  pipeline: Pipeline,
  count: number,
  records: number,
  latency_ns: bigint,
  reason: Anomaly["reason"],
): Promise<number[]> {
  const delays: number[] = [];
  pipeline.producer.setRequest(READ, latency_ns);
  for (let i = 0; i < count; i++) {
    await pause(GAP_MIN_MS + Math.random() * (GAP_MAX_MS - GAP_MIN_MS));
    const { promise, resolve, reject } = Promise.withResolvers<Anomaly>();
    const timer = setTimeout(() => reject(new Error("nothing was detected")), TIMEOUT_MS);
    pipeline.onAnomaly = (anomaly) => {
      if (anomaly.reason === reason) resolve(anomaly);
    };
    pipeline.producer.produce(
      records,
      PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS,
    );
    const { detected_ns, window_end_ns } = await promise;
    clearTimeout(timer);
    delays.push(Number(detected_ns - window_end_ns) / 1e6);
  }
  pipeline.onAnomaly = () => {};
  return delays.sort((a, b) => a - b);
}

function figures(what: string, delays: number[]): Figure[] {
  const detail = {
    trials: delays.length,
    best_ms: delays[0],
    p90_ms: quantileOf(delays, 0.9),
    worst_ms: delays[delays.length - 1],
  };
  return [
    {
      name: `${what}, p50`,
      value: quantileOf(delays, 0.5),
      unit: "ms",
      target: { at_most: 10 },
      detail,
    },
    { name: `${what}, p99`, value: quantileOf(delays, 0.99), unit: "ms", target: { at_most: 50 } },
  ];
}

/** Detection latency. */
export const latencyBenchmark: Benchmark = {
  name: "detect-latency",
  about: "request end to detection, with a BPF producer on this kernel",
  root: true,
  async run({ quick }: BenchOptions) {
    const count = quick ? 20 : 200;
    const pipeline = new Pipeline(RING_BYTES);
    try {
      await pipeline.start(latencyConfig());
      const emergency = await trials(pipeline, count, 1, 1_500_000_000n, "emergency");
      const burst = await trials(pipeline, count, 20, 50_000_000n, "count");
      await pipeline.drain();
      return [
        ...figures("one emergency", emergency),
        ...figures("a burst of 20 slow requests (10 fire)", burst),
        {
          name: "faults of the ledger",
          value: pipeline.ledgerFaults().length,
          unit: "",
          target: { at_most: 0 },
        },
      ];
    } finally {
      pipeline.close();
    }
  },
};
