/**
 * The watcher's thread: takes records from the event queue as they come, lets the detectors judge
 * them, and passes on what they find.
 * @module
 */
import { errnoName } from "../../config/names/errno.ts";
import { ntstatusName } from "../../config/names/ntstatus.ts";
import { smbCommandName } from "../../config/names/smb_commands.ts";
import { type DetectStats, emptyStats } from "../../detect/detector.ts";
import { Guardian } from "../../detect/guardian.ts";
import { IdSource } from "../../detect/ids.ts";
import type { Names } from "../../detect/names.ts";
import { monotonicNs, wallNs } from "../../os/clock.ts";
import { decodeRequest } from "../../probe/smb/decode.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { SMB_REQUEST_BYTES } from "../../probe/smb/layout.gen.ts";
import { NameResolver } from "../../probe/smb/names.ts";
import { EventQueue } from "../../stream/event_queue.ts";
import { ControlBlock } from "../control.ts";
import type { CounterName } from "../control_names.ts";
import type { FromWorker, StartMessage, ToWorker } from "../messages.ts";

/** Heartbeats and follow-ups are due this often. */
const IDLE_MS = 1_000;
/** Longest sleep when no record has come for a while: a wake-up costs more than what it looks at. */
const QUIET_MS = 4_000;
const QUIET_AFTER_MS = 10_000;
/** Most records judged in one go: keeps a batch in the cache and the heartbeat alive. */
const MOST_ROWS = 4_096;
/** Under load, messages of the controller are let in this often. */
const BREATHE_MS = 20;

/** The worker's own global scope. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

class Watcher {
  readonly #control: ControlBlock;
  readonly #queue: EventQueue;
  readonly #guardian: Guardian;
  readonly #stats = emptyStats();
  /** Figures already told to the control block. */
  #told = { ...this.#stats };
  #toldViolations: Record<string, number> = {};
  #resolver: NameResolver | null = null;
  #draining = false;

  constructor(start: StartMessage) {
    this.#control = ControlBlock.attach(start.control);
    this.#queue = EventQueue.attach(start.queue);
    this.#setProbe(start.probe);
    this.#guardian = new Guardian(start.config, {
      watchIntervalSec: start.config.watch_interval_sec,
      base: monotonicNs(),
      ids: new IdSource(wallNs),
      names: this.#names(),
      decode: (view, offset) => decodeRequest(view, offset, SMB_REQUEST_BYTES),
      nowNs: monotonicNs,
      onAnomaly: (anomaly) => {
        const delay_ns = anomaly.detected_ns - anomaly.window_end_ns;
        this.#control.observe("watcher_detect_us", Number(delay_ns) / 1000);
        scope.postMessage({ kind: "anomaly", anomaly });
      },
      onFollowup: (followup) => scope.postMessage({ kind: "followup", followup }),
      stats: this.#stats,
    });
  }

  /** Runs until the controller asks for the end; never rejects but by a fault. */
  async run(): Promise<void> {
    scope.postMessage({ kind: "ready" });
    const control = this.#control;
    let ticked = -Infinity;
    let breathed = performance.now();
    let worked = breathed;
    while (!control.stopRequested("watcher")) {
      const rows = this.#batch();
      const now = performance.now();
      if (now - ticked >= IDLE_MS) {
        ticked = now;
        control.beat("watcher");
        this.#guardian.tick();
        this.#figures();
        this.#violations();
      }
      if (rows > 0) {
        worked = now;
        if (now - breathed < BREATHE_MS) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
      } else {
        if (this.#draining) break;
        await this.#queue.waitAsync(now - worked > QUIET_AFTER_MS ? QUIET_MS : IDLE_MS);
      }
      breathed = performance.now();
    }
    this.#end();
  }

  take(message: Exclude<ToWorker, StartMessage>): void {
    switch (message.kind) {
      case "config":
        // What came before the change is judged by the rules it came under.
        while (this.#batch() > 0);
        this.#violations();
        return this.#guardian.configure(message.config);
      case "probe":
        this.#setProbe(message.probe);
        return this.#guardian.probeChanged();
      case "drain":
        this.#draining = true;
        return this.#queue.wake();
    }
  }

  /** Judges what the queue holds, at most {@linkcode MOST_ROWS}. Returns how many. */
  #batch(): number {
    const queue = this.#queue;
    const count = Math.min(queue.readable(), MOST_ROWS);
    if (count === 0) return 0;
    const from = queue.readRow;
    const control = this.#control;
    const started = control.metrics ? performance.now() : 0;
    let fate;
    try {
      fate = this.#guardian.observe(queue.columns, from, from + count);
    } finally {
      // Also after a fault: a replacement that began with the same rows would fail as well.
      queue.consume(count);
      control.add("watcher_records", count);
      this.#figures();
    }
    control.add("watcher_batches");
    control.add("watcher_counted", fate.counted);
    control.add("watcher_ignored", fate.ignored);
    control.add("watcher_benign", fate.benign);
    control.add("watcher_updates", fate.updates);
    control.add("watcher_malformed", fate.malformed);
    if (control.metrics) {
      control.observe("watcher_batch_rows", count);
      control.observe("watcher_batch_us", (performance.now() - started) * 1000);
    }
    return count;
  }

  /** After every batch: what a worker that ends has not told would be missing in the ledger. */
  #figures(): void {
    for (const [key, name] of FIGURES) {
      const now = this.#stats[key];
      if (now === this.#told[key]) continue;
      this.#control.add(name, now - this.#told[key]);
      this.#told[key] = now;
    }
  }

  /** Tells the offences per anomaly that have come since the last time. */
  #violations(): void {
    const counts: Record<string, number> = {};
    for (const [name, n] of Object.entries(this.#stats.violations)) {
      const more = n - (this.#toldViolations[name] ?? 0);
      if (more > 0) counts[name] = more;
    }
    this.#toldViolations = { ...this.#stats.violations };
    if (Object.keys(counts).length > 0) scope.postMessage({ kind: "violations", counts });
  }

  #end(): void {
    // Whoever was replaced is heard no more: what it leaves unread is counted as lost.
    if (this.#control.replaced("watcher")) return scope.close();
    while (this.#batch() > 0);
    this.#guardian.tick(true);
    this.#figures();
    this.#violations();
    scope.postMessage({ kind: "stopped" });
    scope.close();
  }

  #setProbe(probe: ProbeHandles | null): void {
    this.#resolver = probe === null ? null : new NameResolver(probe);
  }

  /** A name, "" where it cannot be had: the maps go away with the probe, at any time. */
  #look(ask: (names: NameResolver) => string): string {
    try {
      return this.#resolver === null ? "" : ask(this.#resolver);
    } catch {
      return "";
    }
  }

  #names(): Names {
    return {
      command: smbCommandName,
      status: ntstatusName,
      errno: errnoName,
      server: (id) => this.#look((names) => names.server(id)),
      share: (session, tree) => this.#look((names) => names.share(session, tree)),
    };
  }
}

/** Detector figures and the counters that show them. */
const FIGURES = [
  ["anomalies", "watcher_anomalies"],
  ["emergencies", "watcher_emergencies"],
  ["hung", "watcher_hung"],
  ["followups", "watcher_followups"],
  ["cooled_down", "watcher_cooled_down"],
  ["groups_overflowed", "watcher_groups_evicted"],
] as const satisfies (readonly [keyof DetectStats, CounterName])[];

/** Takes the worker's messages; the first is `start`. */
export function run(): void {
  let watcher: Watcher | null = null;
  scope.onmessage = ({ data }) => {
    if (data.kind !== "start") return watcher?.take(data);
    watcher = new Watcher(data);
    // A fault must end the worker: an unhandled rejection does, and the controller replaces it.
    void watcher.run();
  };
}
