/**
 * Starts the agent with test workers (main.ts beside this file) and talks to it.
 * @module
 */
import { ask } from "../../../src/service/socket/client.ts";
import type { ControlCommand, ControlResponse } from "../../../src/service/socket/protocol.ts";
import type { AgentStatus } from "../../../src/service/status.ts";
import { AOD } from "../program.ts";
import { TextLineStream } from "./lines.ts";
import type { ProducerOrder } from "./producer_main.ts";

export interface TestAgentOptions {
  env?: Record<string, string>;
  /** Text of the configuration; `aod_output_dir` is added. */
  config?: string;
  /** A directory of an agent that ran before. */
  dir?: string;
  /** Program and arguments in front of deno, for example a mount namespace. */
  wrapper?: string[];
  /** With the real workers on a producer's ring (producer_main.ts). */
  producer?: boolean;
  /** The built ./aod instead. */
  built?: boolean;
}

const CONFIG = `
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [dmesg] }
audit: { enabled: true }
`;

/** Without a look at the registry, also for a user without a cache. */
const FLAGS = ["-A", "--no-check", "--node-modules-dir=manual"];

/** A started agent; everything of it is below `dir`. */
export class TestAgent implements AsyncDisposable {
  readonly dir: string;
  readonly runDir: string;
  readonly outputDir: string;
  readonly configPath: string;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #orders: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #answers: ReadableStreamDefaultReader<string> | null = null;
  #text = "";
  #closed = false;
  #changed: () => void = () => {};

  constructor(options: TestAgentOptions = {}) {
    this.dir = options.dir ?? Deno.makeTempDirSync({ prefix: "aod-test-" });
    this.runDir = `${this.dir}/run`;
    this.outputDir = `${this.dir}/out`;
    this.configPath = `${this.dir}/aod.yaml`;
    this.configure(options.config ?? CONFIG);
    const producing = options.producer === true;
    const main = new URL(producing ? "./producer_main.ts" : "./main.ts", import.meta.url).pathname;
    const command = [
      ...(options.wrapper ?? []),
      ...(options.built === true
        ? [AOD, "--config", this.configPath, "--run-dir", this.runDir]
        : [Deno.execPath(), "run", ...FLAGS, main, this.configPath, this.runDir]),
    ];
    this.#child = new Deno.Command(command[0], {
      args: command.slice(1),
      env: options.env,
      stdin: producing ? "piped" : "null",
      stdout: producing ? "piped" : "null",
      stderr: "piped",
    }).spawn();
    if (producing) {
      this.#orders = this.#child.stdin.getWriter();
      this.#answers = this.#child.stdout.pipeThrough(new TextDecoderStream())
        .pipeThrough(new TextLineStream()).getReader();
    }
    this.#reading = this.#read();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Everything it has written to stderr. */
  get log(): string {
    return this.#text;
  }

  /** Writes the configuration file; the agent reads it at its next reload. */
  configure(text: string): void {
    Deno.writeTextFileSync(this.configPath, `aod_output_dir: ${this.outputDir}\n${text}`);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves when the log matches; rejects with the log when it does not in time. */
  async saw(pattern: RegExp, timeout_ms = 20_000): Promise<void> {
    await this.#until(() => pattern.test(this.#text), `log never matched ${pattern}`, timeout_ms);
  }

  ready(): Promise<void> {
    return this.saw(/ready in/);
  }

  async ask(command: ControlCommand): Promise<ControlResponse> {
    return await ask(command, this.runDir);
  }

  async status(): Promise<AgentStatus> {
    const response = await this.ask("status");
    if (!response.ok) throw new Error(response.error);
    return response.result as AgentStatus;
  }

  /** Polls the status until it satisfies `wanted`. */
  async statusThat(wanted: (s: AgentStatus) => boolean, timeout_ms = 20_000): Promise<AgentStatus> {
    const deadline = performance.now() + timeout_ms;
    for (;;) {
      const status = await this.status();
      if (wanted(status)) return status;
      if (performance.now() > deadline) throw new Error(JSON.stringify(status, null, 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Has the producer write records; how many found room in the ring and how many did not. */
  async produce(order: ProducerOrder): Promise<{ emitted: number; dropped: number }> {
    await this.#orders?.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
    const answer = await this.#answers?.read();
    if (answer?.value === undefined) throw new Error(`the producer is gone:\n${this.#text}`);
    return JSON.parse(answer.value);
  }

  /** Resolves with the exit code (128 + n when a signal killed it) when it has ended. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  /** The audit entries of an event, once there are `count`: the trail is written behind what it tells of. */
  async audited(event: string, count = 1): Promise<Record<string, unknown>[]> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const found = this.audit().filter((entry) => entry.event === event);
      if (found.length >= count) return found;
      if (performance.now() > deadline) {
        throw new Error(`${found.length} audit entries "${event}", wanted ${count}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The audit trail so far. */
  audit(): Record<string, unknown>[] {
    const text = Deno.readTextFileSync(`${this.outputDir}/audit.jsonl`);
    return text.trimEnd().split("\n").map((line) => JSON.parse(line));
  }

  /** Kills it where it still runs. */
  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
    await this.#orders?.abort().catch(() => {});
    await this.#answers?.cancel().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    Deno.removeSync(this.dir, { recursive: true });
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.#text += decoder.decode(chunk, { stream: true });
      this.#changed();
    }
    this.#closed = true;
    this.#changed();
  }

  async #until(done: () => boolean, what: string, timeout_ms: number): Promise<void> {
    const late = Symbol();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<symbol>((resolve) =>
      timer = setTimeout(() => resolve(late), timeout_ms)
    );
    try {
      while (!done()) {
        if (this.#closed) throw new Error(`${what}, and the agent has ended:\n${this.#text}`);
        const changed = new Promise<void>((resolve) => this.#changed = resolve);
        if (await Promise.race([changed, timeout]) === late) {
          throw new Error(`${what}:\n${this.#text}`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
