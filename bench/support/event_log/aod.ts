/**
 * `aod trace` as a tool of the benchmarks: JSON to a file.
 * @module
 */
import { ToolProcess } from "./process.ts";
import { countLines, type RunningTool, type Subject, type Tool } from "./tool.ts";

const AOD = new URL("../../../aod", import.meta.url).pathname;

/** The ledger of `--ledger`, as far as it is looked at. */
export interface TraceLedger {
  seen: number;
  written: number;
  filtered: number;
  own: number;
  dropped: Record<string, number>;
}

/** A running `aod trace`. */
export class AodTrace implements RunningTool {
  readonly process: ToolProcess;
  readonly #dir: string;
  #pid = 0;
  /** After {@link stop}. */
  ledger: TraceLedger | null = null;

  private constructor(dir: string, args: string[]) {
    this.#dir = dir;
    this.process = new ToolProcess(AOD, [
      ...["trace", "-f", "json", "-o", `${dir}/events.jsonl`, "--ledger", `${dir}/ledger.json`],
      ...args,
    ]);
  }

  /** Starts it and waits until it logs. */
  static async start(dir: string, args: string[]): Promise<AodTrace> {
    const running = new AodTrace(dir, args);
    await running.process.hasSaid("logging");
    return running;
  }

  attach(pid: number): Promise<void> {
    this.#pid = pid;
    return Promise.resolve();
  }

  cpuSec(): number {
    return this.process.cpuSec();
  }

  rssBytes(): number {
    return this.process.rssBytes();
  }

  /** Events that were dropped, of all causes. */
  get dropped(): number {
    return Object.values(this.ledger?.dropped ?? {}).reduce((sum, count) => sum + count, 0);
  }

  /** What it has left behind; when it has ended. */
  readLedger(): TraceLedger {
    this.ledger = JSON.parse(Deno.readTextFileSync(`${this.#dir}/ledger.json`)) as TraceLedger;
    return this.ledger;
  }

  async stop(): Promise<{ events: number; lost: number }> {
    await this.process.end("SIGTERM");
    this.readLedger();
    const events = await countLines(`${this.#dir}/events.jsonl`, `"tgid":${this.#pid},`);
    return { events, lost: this.dropped };
  }
}

/** aod with the given selection of events. */
export function aodTool(name: string, args: string[]): Tool {
  return { name, program: AOD, start: ({ dir }: Subject) => AodTrace.start(dir, args) };
}
