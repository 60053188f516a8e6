/**
 * The agent's dispatcher and watcher, as real workers, on the ring of a test producer.
 * @module
 */
import type { Config } from "../../src/config/types.ts";
import type { Anomaly } from "../../src/detect/anomaly.ts";
import { spawnWorker } from "../../src/os/worker.ts";
import { ControlBlock } from "../../src/service/control.ts";
import type { FromWorker, StartMessage } from "../../src/service/messages.ts";
import { EventQueue } from "../../src/stream/event_queue.ts";
import { Producer } from "../../tests/support/producer.ts";

/** As in the agent (src/service/default_parts.ts). */
const QUEUE_ROWS = 32_768;

/** Producer, ring, dispatcher, queue and watcher. */
export class Pipeline {
  readonly producer: Producer;
  readonly queue = EventQueue.create(QUEUE_ROWS);
  readonly control = ControlBlock.create();
  /** Called with every anomaly. */
  onAnomaly: (anomaly: Anomaly) => void = () => {};
  readonly #workers: Worker[] = [];

  constructor(ring_bytes: number) {
    this.producer = new Producer({ ring_bytes });
  }

  /** Starts both workers. */
  async start(config: Config): Promise<void> {
    const message: StartMessage = {
      kind: "start",
      config,
      probe: this.producer.handles,
      queue: this.queue.buffer,
      replaced_queues: [],
      control: this.control.buffer,
    };
    // The watcher first: nothing waits for it then.
    for (const role of ["watcher", "dispatcher"] as const) {
      this.#workers.unshift(await this.#startOne(role, message));
    }
  }

  #startOne(role: "watcher" | "dispatcher", message: StartMessage): Promise<Worker> {
    const worker = spawnWorker(role);
    const { promise, resolve, reject } = Promise.withResolvers<Worker>();
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "ready") resolve(worker);
      else if (data.kind === "anomaly") this.onAnomaly(data.anomaly);
    };
    worker.postMessage(message);
    return promise;
  }

  /** Lets both finish what is there, the dispatcher first. */
  async drain(): Promise<void> {
    for (const worker of this.#workers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === "stopped") resolve();
      };
      worker.postMessage({ kind: "drain" });
      await promise;
    }
  }

  /**
   * What does not add up between the producer, the ring, the queue and the watcher; to be asked after
   * `drain`.
   */
  ledgerFaults(): string[] {
    const faults: string[] = [];
    const same = (what: string, a: number, b: number) => {
      if (a !== b) faults.push(`${what}: ${a} is not ${b}`);
    };
    const [seen, emitted, dropped] = (["SEEN", "EMITTED", "DROP_RING_FULL"] as const)
      .map((name) => this.producer.counter(name));
    const { taken, queued, consumed } = this.queue.ledger();
    same("seen = emitted + dropped", seen, emitted + dropped);
    same("emitted = taken from the ring", emitted, taken);
    same("taken = queued", taken, queued);
    same("queued = consumed", queued, consumed);
    same("consumed = judged", consumed, this.control.get("watcher_records"));
    return faults;
  }

  close(): void {
    this.producer.close();
  }
}
