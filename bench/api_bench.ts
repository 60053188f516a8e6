/**
 * Time of an answer while 50 connections ask for `/metrics/realtime`, each again as soon as it has
 * its answer, with 150 series of 1000 points and a sample every second. The server is a process of
 * its own; client and server share the machine. The limit on requests is lifted: it would answer
 * most of these with 429.
 * @module
 */
import net from "node:net";
import { type Benchmark, type Figure, quantileOf } from "./support/figure.ts";

const TOKEN = "benchmark-token-0123456789-0123456789";
const CONNECTIONS = 50;
const SERVER = new URL("./support/api_server.ts", import.meta.url).pathname;
const ROOT = new URL("../", import.meta.url).pathname;

/** One connection that asks again and again. */
class Asker {
  readonly times_ms: number[] = [];
  readonly done: Promise<void>;
  #begun_ms = 0;
  #left = 0;
  #head = "";

  constructor(port: number, path: string, isOver: () => boolean) {
    const headers = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n`;
    const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    this.done = new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1");
      const ask = () => {
        this.#begun_ms = performance.now();
        socket.write(request);
      };
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk: Uint8Array) => {
        if (!this.#take(chunk)) return;
        this.times_ms.push(performance.now() - this.#begun_ms);
        if (isOver()) socket.destroy();
        else ask();
      });
    });
  }

  /** Whether the answer is whole. */
  #take(chunk: Uint8Array): boolean {
    if (this.#left > 0) {
      this.#left -= chunk.byteLength;
      return this.#left === 0;
    }
    this.#head += new TextDecoder("latin1").decode(chunk);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#head.slice(0, end);
    if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(head);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    this.#left = length - (this.#head.length - end - 4);
    this.#head = "";
    return this.#left === 0;
  }
}

/** Times of all answers within some seconds, sorted. */
async function load(port: number, path: string, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const isOver = () => performance.now() >= end;
  const askers = Array.from({ length: CONNECTIONS }, () => new Asker(port, path, isOver));
  await Promise.all(askers.map(({ done }) => done));
  return askers.flatMap(({ times_ms }) => times_ms).sort((a, b) => a - b);
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
  about: "time of an answer with 50 connections, ms",
  run: ({ quick }) => measure(quick),
};
