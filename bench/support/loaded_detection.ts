/**
 * Whether clients of the API delay the detection of a slow SMB request: the agent's dispatcher and watcher
 * on a BPF producer's ring, the API in a worker of the same process, its clients in another process. Short
 * stretches with and without the clients follow each other, in either order.
 * @module
 */
import { latencyConfig, trials } from "../detect_latency_bench.ts";
import { ApiLoad, type LoadResult } from "./api_load.ts";
import { type Figure, median, quantileOf } from "./figure.ts";
import { interval } from "./paired.ts";
import { Pipeline } from "./pipeline.ts";

const TOKEN = "benchmark-token-0123456789-0123456789";
const CONNECTIONS = 50;
const PATH = "/metrics/realtime";
const RING_BYTES = 1 << 20;
const EMERGENCY_NS = 1_500_000_000n;
/** So long after the first question every connection asks. */
const SETTLE_MS = 300;

/** Of 10 ms that half of the detections may take; the dispatcher's naps alone are 1 to 4. */
const MOST_LATER_MS = 1;

/** A load. */
interface Load {
  name: string;
  unlimited: boolean;
  pause_ms: number;
}

/**
 * With the limit that is shipped, 100 requests a second from one address; and as fast as it goes, where
 * server and clients are each worth a processor of their own.
 */
const LOADS: Load[] = [
  { name: "at the limit of 100 requests/s", unlimited: false, pause_ms: 500 },
  { name: "without a limit, at full speed", unlimited: true, pause_ms: 0 },
];

class ApiWorker {
  readonly #worker = new Worker(new URL("./api_worker.ts", import.meta.url), { type: "module" });

  start(unlimited: boolean): Promise<number> {
    return this.#ask({ token: TOKEN, unlimited });
  }

  async end(): Promise<void> {
    await this.#ask("end");
  }

  #ask(message: unknown): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#worker.onmessage = ({ data }) => resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage(message);
    return promise;
  }
}

interface Stretch {
  delays: number[];
  load: LoadResult | null;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function figuresOf(
  pipeline: Pipeline,
  { name, unlimited, pause_ms }: Load,
  pairs: number,
  count: number,
): Promise<Figure[]> {
  const api = new ApiWorker();
  const port = await api.start(unlimited);
  const stretch = async (loaded: boolean): Promise<Stretch> => {
    const load = loaded ? await ApiLoad.start(port, TOKEN, PATH, CONNECTIONS, pause_ms) : null;
    await pause(SETTLE_MS);
    const delays = await trials(pipeline, count, 1, EMERGENCY_NS, "emergency");
    return { delays, load: await load?.end() ?? null };
  };
  const all: { on: Stretch; off: Stretch }[] = [];
  for (let i = 0; i < pairs; i++) {
    const first = await stretch(i % 2 === 0);
    const second = await stretch(i % 2 !== 0);
    all.push(i % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  await api.end();
  const [on, off] = (["on", "off"] as const).map((side) =>
    all.flatMap((pair) => pair[side].delays).sort((a, b) => a - b)
  );
  const loads = all.map((pair) => pair.on.load!);
  const added = all.map((pair) => median(pair.on.delays) - median(pair.off.delays));
  const { mean, low, high } = interval(added);
  const detail = {
    connections: CONNECTIONS,
    trials: on.length + off.length,
    requests_per_sec: Math.round(median(loads.map(({ answers, seconds }) => answers / seconds))),
    answer_p99_ms: median(loads.map(({ p99_ms }) => p99_ms)),
  };
  const of = (what: string, q: number) => `detection ${what}, API loaded ${name}, p${q * 100}`;
  return [
    ...[0.5, 0.99].flatMap((q) => [
      { name: of("with", q), value: quantileOf(on, q), unit: "ms", detail },
      { name: of("without", q), value: quantileOf(off, q), unit: "ms" },
    ]),
    {
      name: `detection later by, API loaded ${name}`,
      value: mean,
      unit: "ms",
      detail: { low_95: low, high_95: high, pairs },
      target: { at_most: MOST_LATER_MS },
    },
  ];
}

/** Both loads, one after the other. */
export async function detectionUnderLoad(quick: boolean): Promise<Figure[]> {
  const pipeline = new Pipeline(RING_BYTES);
  try {
    await pipeline.start(latencyConfig());
    const figures: Figure[] = [];
    for (const load of LOADS) {
      figures.push(...await figuresOf(pipeline, load, quick ? 3 : 20, quick ? 5 : 15));
    }
    await pipeline.drain();
    return figures;
  } finally {
    pipeline.close();
  }
}
