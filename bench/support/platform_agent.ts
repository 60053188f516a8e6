/**
 * The built agent with every part of the platform on, and what it costs.
 * @module
 */
import { TestAgent } from "../../tests/support/service/agent.ts";
import { TestApi } from "../../tests/support/service/platform.ts";
import { embeddedText, onFreePort } from "../../tests/support/embedded.ts";
import { readExposition } from "../../tests/support/api/exposition.ts";

/** What the embedded configuration leaves off. */
const THE_REST = `
ebpf: { enable_syscall_trace: true, enable_exec_monitor: true, enable_io_monitor: true }
history: { enabled: true }
`;

/** Every answer that takes more than a number: pages, charts, exposition, the specification. */
const ALL_PATHS = [
  ...["/", "/metrics/realtime", "/metrics/history?metric_key=cpu.total&seconds=3600"],
  ...["/anomalies?limit=1000", "/trends", "/events?limit=1000", "/stats", "/metrics", "/smb"],
  ...["/processes", "/status", "/bundles", "/openapi.json"],
];

/**
 * Not lost are calls that were under way when a tracer was loaded, those of 32-bit programs, and requests
 * that a busy disk's driver was handed once more.
 */
const LOST = /^dropped_(?!no_start|compat|abandoned)/;

/** Resident MB (2^20 bytes). */
export interface ResidentMb {
  rss: number;
  /** Heaps and stacks. */
  anonymous: number;
  /** Program, libraries, maps of the kernel. */
  file: number;
  /** Files in memory. */
  shared: number;
}

/** What was lost since the start, by the names of `/metrics`; only what is not 0. */
export type Losses = Record<string, number>;

/** A stream that is read. */
export class FollowedStream implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;
  /** What came so far. */
  bytes = 0;

  /** Reads what `open` gives until it is disposed of. */
  constructor(open: (signal: AbortSignal) => Promise<Response>) {
    this.#reading = this.#read(open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async #read(open: (signal: AbortSignal) => Promise<Response>): Promise<void> {
    try {
      const { body } = await open(this.#abort.signal);
      for await (const chunk of body ?? []) this.bytes += chunk.byteLength;
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}

/** It runs until it is disposed of. */
export class PlatformAgent implements AsyncDisposable {
  readonly #agent: TestAgent;
  readonly #api: TestApi;

  private constructor(agent: TestAgent, api: TestApi) {
    this.#agent = agent;
    this.#api = api;
  }

  /** Starts it; everything that is on works when this returns. @throws Error where a part does not */
  static async start(): Promise<PlatformAgent> {
    const config = onFreePort(embeddedText()).replace(/^aod_output_dir:.*$/m, "") + THE_REST;
    const agent = new TestAgent({ config, built: true });
    try {
      await agent.ready();
      const api = await TestApi.of(agent);
      await api.jsonThat("/readyz", ({ ready }) => ready === true);
      return new PlatformAgent(agent, api);
    } catch (error) {
      await agent[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Nanoseconds that every thread has run so far. */
  cpuNs(): number {
    const tasks = `/proc/${this.#agent.pid}/task`;
    let sum = 0;
    for (const { name } of Deno.readDirSync(tasks)) {
      sum += Number(Deno.readTextFileSync(`${tasks}/${name}/schedstat`).split(" ")[0]);
    }
    return sum;
  }

  /** Memory now. */
  residentMb(): ResidentMb {
    const status = Deno.readTextFileSync(`/proc/${this.#agent.pid}/status`);
    const mb = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
    return {
      ...{ rss: mb("VmRSS"), anonymous: mb("RssAnon") },
      ...{ file: mb("RssFile"), shared: mb("RssShmem") },
    };
  }

  /** Follows an event stream, as the page does. */
  follow(path: string): FollowedStream {
    return new FollowedStream((signal) => this.#api.fetch(path, { signal }));
  }

  /** Asks for everything once. */
  async askForAll(): Promise<void> {
    for (const path of ALL_PATHS) {
      const response = await this.#api.fetch(path);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`Cannot ask for ${path}: because ${response.status}`);
    }
  }

  /** Parts that failed, and restarts; both should be none. */
  async troubles(): Promise<string[]> {
    const { platform, components } = await this.#agent.status();
    return [
      ...platform.faults.map(({ part, reason }) => `${part}: ${reason}`),
      ...platform.shed.map((part) => `${part} was shed`),
      ...components.filter(({ restarts }) => restarts > 0).map(({ name }) => `${name} restarted`),
    ];
  }

  /** What a scraper would see as lost. */
  async losses(): Promise<Losses> {
    const response = await this.#api.fetch("/metrics");
    const samples = readExposition(await response.text()).flatMap(({ samples }) => samples);
    const lost = samples.filter(({ name, labels, value }) => {
      return value > 0 && /_total$/.test(name) &&
        (/dropped|missed|malformed|other|refused|overrun/.test(name) ||
          LOST.test(labels.fate ?? ""));
    });
    return Object.fromEntries(lost.map(({ name, labels, value }) => {
      const told = Object.values(labels).join(" ");
      return [told === "" ? name : `${name} ${told}`, value];
    }));
  }

  /** Its log. */
  get log(): string {
    return this.#agent.log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.kill("SIGTERM");
    await this.#agent.ended();
    await this.#agent[Symbol.asyncDispose]();
  }
}
