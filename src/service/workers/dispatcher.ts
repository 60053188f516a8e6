/**
 * The dispatcher's thread: messages, heartbeat and figures around `Pump`.
 * @module
 */
import { RingWaiter } from "../../bpf/ring_wait.ts";
import type { Config } from "../../config/types.ts";
import { lateBuiltin } from "../../os/late_builtin.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { EventQueue } from "../../stream/event_queue.ts";
import { IDLE_MS, Pump, type Turn } from "../../stream/pump.ts";
import { ControlBlock } from "../control.ts";
import type { FromWorker, StartMessage, ToWorker } from "../messages.ts";

/** At the end the ring is emptied for at most this long. */
const DRAIN_MS = 2_000;

/** The worker's own global scope. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

let setImmediate: ((resolve: () => void) => void) | null = null;

/** Resolves when what has come meanwhile is done. A dispatcher that was never busy does without it. */
function nextTurn(): Promise<void> {
  const soon = setImmediate ??= lateBuiltin("node:timers").setImmediate;
  return new Promise((resolve) => soon(resolve));
}

/** A probe in use: what reads it and what sleeps on it. */
interface Source {
  pump: Pump;
  waiter: RingWaiter;
}

class Dispatcher {
  readonly #control: ControlBlock;
  readonly #queue: EventQueue;
  #source: Source | null = null;
  /** A probe that is to be taken up at the next turn; undefined: no change. */
  #next: ProbeHandles | null | undefined;
  #leastEmergencyMs: number;
  #draining = false;
  #scanFaultLogged = false;
  /** Ends a sleep without a probe. */
  #endSleep: () => void = () => {};

  constructor(start: StartMessage) {
    this.#control = ControlBlock.attach(start.control);
    this.#queue = EventQueue.attach(start.queue);
    this.#leastEmergencyMs = leastEmergencyMs(start.config);
    this.#next = start.probe;
  }

  take(message: Exclude<ToWorker, StartMessage>): void {
    switch (message.kind) {
      case "config":
        this.#leastEmergencyMs = leastEmergencyMs(message.config);
        this.#source?.pump.setEmergency(this.#leastEmergencyMs);
        break;
      case "probe":
        this.#next = message.probe;
        break;
      case "drain":
        this.#draining = true;
        break;
    }
    this.#source?.waiter.kick();
    this.#endSleep();
  }

  /** Works until it is told to drain, or fenced off. */
  async work(): Promise<void> {
    scope.postMessage({ kind: "ready" });
    try {
      while (!this.#draining && !this.#control.stopRequested("dispatcher")) await this.#step();
      this.#finish();
    } finally {
      // Descriptors and mappings belong to the process: they would outlive a thread that failed.
      this.#closeSource();
    }
    scope.postMessage({ kind: "stopped" });
    scope.close();
  }

  async #step(): Promise<void> {
    this.#control.beat("dispatcher");
    this.#changeProbe();
    if (this.#source === null) return await this.#sleepWithoutProbe();
    const { pump, waiter } = this.#source;
    const turn = this.#turn(pump);
    if (turn.sleep_ms === 0) await nextTurn();
    else await this.#sleep(waiter, turn);
    pump.awake(performance.now());
  }

  async #sleep(waiter: RingWaiter, turn: Turn): Promise<void> {
    if (turn.armed && turn.sleep_ms >= IDLE_MS) this.#control.add("dispatcher_idle_waits");
    await waiter.wait(Math.ceil(turn.sleep_ms));
    this.#control.add("dispatcher_wakeups");
  }

  async #sleepWithoutProbe(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_MS);
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endSleep = () => {};
  }

  #changeProbe(): void {
    if (this.#next === undefined) return;
    const handles = this.#next;
    this.#next = undefined;
    this.#closeSource();
    if (handles === null) return;
    const waiter = new RingWaiter(handles.maps.smb_events);
    try {
      const pump = new Pump(handles, this.#queue);
      pump.setEmergency(this.#leastEmergencyMs);
      this.#source = { pump, waiter };
    } catch (error) {
      waiter.close();
      throw error;
    }
  }

  #closeSource(): void {
    this.#source?.waiter.close();
    this.#source?.pump.close();
    this.#source = null;
  }

  #turn(pump: Pump): Turn {
    const control = this.#control;
    const begun = performance.now();
    if (control.metrics) control.set("dispatcher_ring_backlog_bytes", pump.backlog());
    const turn = pump.turn(begun);
    const { result } = turn;
    if (result.bytes > 0) {
      control.add("dispatcher_records", result.queued + result.malformed + result.corrupt);
      control.add("dispatcher_bytes", result.bytes);
      control.add("dispatcher_batches", turn.drains);
      control.add("dispatcher_queued", result.queued);
      control.add("dispatcher_dropped_malformed", result.malformed + result.corrupt);
      control.add("dispatcher_discarded", result.discarded);
      control.observe("dispatcher_batch_rows", result.queued);
      control.observe("dispatcher_drain_us", (performance.now() - begun) * 1000);
    }
    control.set("dispatcher_in_flight", turn.in_flight);
    if (turn.scanned) control.add("dispatcher_in_flight_scans");
    if (turn.scan_error !== null) this.#scanFault(turn.scan_error);
    return turn;
  }

  #scanFault(why: string): void {
    this.#control.add("dispatcher_scan_failures");
    if (this.#scanFaultLogged) return;
    this.#scanFaultLogged = true;
    const text = `Cannot look for hung requests: because ${why}`;
    scope.postMessage({ kind: "log", level: "ERROR", text });
  }

  /** Empties the ring as far as the queue takes it. */
  #finish(): void {
    const source = this.#source;
    if (source !== null && this.#draining) {
      const until = performance.now() + DRAIN_MS;
      while (performance.now() < until && this.#turn(source.pump).result.bytes > 0);
    }
    this.#queue.wake();
    this.#control.beat("dispatcher");
  }
}

/** The shortest emergency threshold of all latency anomalies; infinite where there is none. */
function leastEmergencyMs(config: Config): number {
  let least = Infinity;
  for (const anomaly of config.guardian.anomalies) {
    if (anomaly.type === "latency" && anomaly.emergency_commands.length > 0) {
      least = Math.min(least, anomaly.emergency_threshold_ms);
    }
  }
  return least;
}

/** Takes the worker's messages; the first is `start`. */
export function run(): void {
  let dispatcher: Dispatcher | null = null;
  scope.onmessage = ({ data }) => {
    if (data.kind === "start") {
      dispatcher = new Dispatcher(data);
      void dispatcher.work();
    } else dispatcher?.take(data);
  };
}
