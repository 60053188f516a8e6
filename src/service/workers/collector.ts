/**
 * The collector's thread: messages in and out around `Collector`, heartbeats, figures, drain.
 * @module
 */
import { ContentsMaker } from "../../evidence/bundle_contents.ts";
import { Collector, NotCollectedError } from "../../evidence/collector.ts";
import type { MetricsAnswer, MetricsRequest } from "../../evidence/host_metrics.ts";
import type { Anomaly } from "../../detect/anomaly.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { ControlBlock } from "../control.ts";
import { type QueueBuffers, queueLedger } from "../event_queues.ts";
import { readLedger } from "../ledger.ts";
import type { FromWorker, StartMessage, ToWorker } from "../messages.ts";
import { Questions } from "../questions.ts";

/** A drain comes as a message; the stop flag is for a thread that reads none. */
const BEAT_MS = 4_000;
/** The platform gives up after two seconds; this is for a controller that is busy. */
const METRICS_MS = 3_000;
/** The same complaint is not repeated within this time. */
const COMPLAIN_EVERY_MS = 60_000;
const MOST_COMPLAINTS = 100;

/** The worker's own global scope. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

class CollectorWorker {
  readonly #control: ControlBlock;
  readonly #collector: Collector;
  /** Totals of the workers before this one. */
  readonly #before: Record<string, number>;
  readonly #complaints = new Map<string, number>();
  readonly #metrics = new Questions<MetricsRequest, MetricsAnswer>((id, request) => {
    scope.postMessage({ kind: "ask_metrics", id, request });
    return true;
  }, METRICS_MS);
  #probe: ProbeHandles | null;
  #queues: QueueBuffers;
  #draining = false;

  constructor(start: StartMessage) {
    const control = this.#control = ControlBlock.attach(start.control);
    this.#before = control.counters();
    this.#probe = start.probe;
    this.#queues = start;
    const contents = new ContentsMaker();
    this.#collector = new Collector({
      config: start.config,
      probe: start.probe,
      contents: (config) => contents.make(config),
      ledger: () => this.#ledger(),
      metrics: (request) => this.#metrics.ask(request),
      stuck: start.stuck,
      onStuck: (child) => scope.postMessage({ kind: "stuck", child }),
      log: (level, text) => this.#log(level, text),
      onAccepted: (id) => {
        control.add("collector_accepted");
        scope.postMessage({ kind: "accepted", id });
      },
      onAction: (id, record) => {
        const { name, status, phase, implied, exit_code, duration_ms, waited_ms, note } = record;
        const fields = {
          id,
          name,
          status,
          phase,
          implied,
          exit_code,
          duration_ms,
          waited_ms,
          note,
        };
        scope.postMessage({ kind: "audit", event: "action", fields });
        this.#figures();
      },
    });
    setInterval(() => {
      control.beat("collector");
      if (control.stopRequested("collector")) void this.drain();
    }, BEAT_MS);
    control.beat("collector");
  }

  /** Cleans up after an earlier life, then says that anomalies may come. */
  async begin(): Promise<void> {
    try {
      for (const leftover of await this.#collector.recoverLeftovers()) {
        this.#control.add("collector_recovered");
        scope.postMessage({ kind: "audit", event: "recovered", fields: { ...leftover } });
      }
    } catch (error) {
      this.#log("ERROR", messageOf(error));
    }
    await this.#collector.start();
    scope.postMessage({ kind: "ready" });
  }

  async take(message: Exclude<ToWorker, StartMessage>): Promise<void> {
    switch (message.kind) {
      case "config":
        return await this.#collector.configure(message.config);
      case "probe":
        this.#probe = message.probe;
        return this.#collector.setProbe(message.probe);
      case "queues":
        this.#queues = message;
        return;
      case "anomaly":
        return await this.#collect(message.anomaly);
      case "followup":
        await this.#collector.followup(message.followup);
        return this.#figures();
      case "metrics":
        if (typeof message.answer === "string") {
          return this.#metrics.refused(message.id, message.answer);
        }
        return this.#metrics.answered(message.id, message.answer);
      case "drain":
        return await this.drain();
    }
  }

  async #collect(anomaly: Anomaly): Promise<void> {
    const { id } = anomaly;
    const control = this.#control;
    const collected = this.#collector.collect(anomaly);
    this.#figures();
    try {
      const { path, bytes, verdict, snapshot_ms, sealed_ms } = await collected;
      control.observe("collector_snapshot_ms", snapshot_ms);
      control.observe("collector_sealed_ms", sealed_ms);
      scope.postMessage({ kind: "sealed", id, path, bytes, verdict });
    } catch (error) {
      this.#notCollected(id, error);
    } finally {
      this.#figures();
    }
  }

  #notCollected(id: string, error: unknown): void {
    const reason = messageOf(error);
    const loss = error instanceof NotCollectedError ? error.loss : "failed";
    if (loss === "draining") return; // the controller keeps it for the next life
    this.#log("ERROR", reason);
    if (loss !== "duplicate") {
      const event = loss === "failed" ? "failed" : "refused";
      scope.postMessage({ kind: "audit", event, fields: { id, cause: loss, reason } });
    }
    // The controller need not send it again.
    scope.postMessage({ kind: "accepted", id });
  }

  /** Seals what is under way and says that the thread may end. */
  async drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#metrics.close("aod is stopping");
    await this.#collector.drain();
    this.#figures();
    scope.postMessage({ kind: "stopped" });
    scope.close();
  }

  /** Copies the collector's totals to the control block. */
  #figures(): void {
    const { totals, actions, active } = this.#collector;
    const { lost } = totals;
    this.#control.set("collector_active", active);
    const figures = {
      collector_sealed: totals.sealed,
      collector_sealed_bytes: totals.sealed_bytes,
      collector_failed: lost.failed,
      collector_refused_space: lost.no_space,
      collector_refused_output_dir: lost.output_dir,
      collector_dropped_full: lost.queue_full,
      collector_followups: totals.followups,
      collector_actions_run: actions.run,
      collector_actions_failed: actions.failed,
      collector_actions_timed_out: actions.timed_out,
      collector_children_abandoned: actions.abandoned,
    };
    for (const [name, value] of Object.entries(figures)) {
      this.#control.set(name as keyof typeof figures, this.#before[name] + value);
    }
  }

  #ledger(): unknown {
    const c = this.#control.counters();
    const anomalies = {
      received: c.controller_anomalies_received,
      acknowledged: c.controller_anomalies_acknowledged,
      resent: c.controller_anomalies_resent,
      dropped_full: c.controller_anomalies_dropped,
      dropped_attempts: 0,
      waiting: 0,
    };
    return {
      ...readLedger(this.#control, queueLedger(this.#queues), anomalies, this.#probe),
      lost: this.#collector.totals.lost,
    };
  }

  /** Passes a message on, the same one at most once a minute. */
  #log(level: "INFO" | "WARNING" | "ERROR", text: string): void {
    const key = text.replace(/\d+/g, "#");
    const now = performance.now();
    const last = this.#complaints.get(key);
    if (level !== "INFO" && last !== undefined && now - last < COMPLAIN_EVERY_MS) return;
    if (this.#complaints.size >= MOST_COMPLAINTS) this.#complaints.clear();
    this.#complaints.set(key, now);
    scope.postMessage({ kind: "log", level, text });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes the worker's messages; the first is `start`. */
export function run(): void {
  let worker: CollectorWorker | null = null;
  scope.onmessage = ({ data }) => {
    if (data.kind === "start") {
      worker = new CollectorWorker(data);
      void worker.begin();
    } else void worker?.take(data);
  };
}
