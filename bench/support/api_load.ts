/**
 * Clients of the API in a process of their own: `api_load.ts PORT TOKEN PATH CONNECTIONS PAUSE_MS` begins
 * to ask, says `asking`, ends with its input, and prints how many answers came and how long they took.
 * @module
 */
import { quantileOf } from "./figure.ts";
import { askAll } from "./api_askers.ts";

/** What it prints at its end. */
export interface LoadResult {
  answers: number;
  seconds: number;
  p50_ms: number;
  p99_ms: number;
}

/** A load that runs. */
export class ApiLoad {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(child: Deno.ChildProcess, lines: ReadableStreamDefaultReader<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  /** Returns when the clients ask. */
  static async start(
    port: number,
    token: string,
    path: string,
    connections: number,
    pause_ms: number,
  ) {
    const program = new URL(import.meta.url).pathname;
    const args = [String(port), token, path, String(connections), String(pause_ms)];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", program, ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await lines.read();
    if (value?.trim() !== "asking") throw new Error("Cannot load the API: because no client asks");
    return new ApiLoad(child, lines);
  }

  /** Ends it. */
  async end(): Promise<LoadResult> {
    await this.#child.stdin.close();
    let text = "";
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) break;
      text += value;
    }
    await this.#child.status;
    return JSON.parse(text);
  }
}

if (import.meta.main) {
  const [port, token, path, connections, pause_ms] = Deno.args;
  let over = false;
  const begun = performance.now();
  const asked = askAll({
    ...{ token, path, port: Number(port), connections: Number(connections) },
    ...{ pause_ms: Number(pause_ms), isOver: () => over },
  });
  console.log("asking");
  for await (const _ of Deno.stdin.readable) {
    // Nothing is said; the end is what counts.
  }
  const seconds = (performance.now() - begun) / 1000;
  over = true;
  const times = await asked;
  const [p50_ms, p99_ms] = [0.5, 0.99].map((q) => quantileOf(times, q));
  console.log(JSON.stringify({ answers: times.length, seconds, p50_ms, p99_ms }));
  Deno.exit(0);
}
