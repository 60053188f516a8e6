/**
 * Time of an answer while 50 connections ask for `/metrics/realtime`, each again as soon as it has
 * its answer, with 150 series of 1000 points and a sample every second. The server is a process of
 * its own; client and server share the machine. The limit on requests is lifted: it would answer
 * most of these with 429. Then what such clients do to the detection of slow SMB requests
 * (support/loaded_detection.ts).
 * @module
 */
import { askAll, type Asking } from "./support/api_askers.ts";
import { detectionUnderLoad } from "./support/loaded_detection.ts";
import { type Benchmark, type Figure, quantileOf } from "./support/figure.ts";

const TOKEN = "benchmark-token-0123456789-0123456789";
const CONNECTIONS = 50;
const SERVER = new URL("./support/api_server.ts", import.meta.url).pathname;
const ROOT = new URL("../", import.meta.url).pathname;

/** Times of all answers within some seconds, sorted. */
function load(port: number, path: string, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const asking: Asking = {
    ...{ port, path, token: TOKEN, connections: CONNECTIONS, pause_ms: 0 },
    isOver: () => performance.now() >= end,
  };
  return askAll(asking);
}

async function measure(quick: boolean): Promise<Figure[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", SERVER, TOKEN],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const port = Number((await lines.read()).value);
    const seconds = quick ? 2 : 10;
    const figures: Figure[] = [];
    for (const path of ["/metrics/realtime", "/stats"]) {
      await load(port, path, quick ? 1 : 3);
      const times = await load(port, path, seconds);
      const detail = {
        connections: CONNECTIONS,
        requests_per_sec: Math.round(times.length / seconds),
        p50_ms: quantileOf(times, 0.5),
        max_ms: times[times.length - 1],
      };
      figures.push({
        name: `${CONNECTIONS} connections, ${path}: p99`,
        value: quantileOf(times, 0.99),
        unit: "ms",
        detail,
        ...(path === "/metrics/realtime" ? { target: { at_most: 20 } } : {}),
      });
    }
    return figures;
  } finally {
    await child.stdin.close();
    while (!(await lines.read()).done);
    await child.status;
  }
}

/** The API under load. */
export const apiBenchmark: Benchmark = {
  name: "api",
  about: "time of an answer with 50 connections, and of detection meanwhile, ms",
  root: true,
  run: async ({ quick }) => [...await measure(quick), ...await detectionUnderLoad(quick)],
};
