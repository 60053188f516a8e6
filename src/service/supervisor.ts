/**
 * Keeps the workers running: starts them, watches their heartbeats, replaces one that throws or
 * exits after a backoff, and one that hangs with new buffers. A worker stuck in a loop or in a
 * system call cannot be stopped (`terminate()` does not reach it), so it is fenced off by its
 * generation and left; a second hang is handed to `escalate`, which replaces the whole process.
 *
 * Time comes from `now` and everything happens in {@linkcode Supervisor.tick} or on an event.
 * @module
 */
import { Backoff, DEFAULT_BACKOFF } from "./backoff.ts";
import type { FromWorker, ToWorker, WorkerRole } from "./messages.ts";
import type {
  ComponentState,
  ComponentStatus,
  SupervisorOptions,
  WorkerHandle,
} from "./supervisor_options.ts";

interface Component {
  role: WorkerRole;
  state: ComponentState;
  worker: WorkerHandle | null;
  backoff: Backoff;
  restarts: number;
  hangs: number;
  beats: number;
  beat_at: number;
  started_at: number;
  start_due: number;
  reason: string;
}

/** A component that has run this long has recovered: its backoff starts anew. */
const RECOVERED_MS = 30_000;

/** Keeps the workers running. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #components: Map<WorkerRole, Component>;
  readonly #now: () => number;
  readonly #abandoned = new Map<WorkerRole, number>();
  #last_tick = 0;
  #hangs = 0;
  #stopping = false;

  /** Nothing runs before `start`. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#components = new Map(options.roles.map((role) => [role, {
      role,
      state: "stopped",
      worker: null,
      backoff: new Backoff(options.backoff ?? DEFAULT_BACKOFF),
      restarts: 0,
      hangs: 0,
      beats: 0,
      beat_at: 0,
      started_at: 0,
      start_due: 0,
      reason: "",
    }]));
  }

  /** Starts every role in order; they become ready on their own. */
  start(): void {
    this.#last_tick = this.#now();
    for (const component of this.#components.values()) this.#spawn(component);
  }

  /** Sends to a role; false where it is down (its start message will carry what it must know). */
  post(role: WorkerRole, message: ToWorker): boolean {
    const component = this.#components.get(role);
    if (component === undefined || component.worker === null) return false;
    try {
      component.worker.postMessage(message);
      return true;
    } catch (error) {
      this.#options.log("ERROR", `Cannot send ${message.kind} to ${role}: because ${error}`);
      return false;
    }
  }

  /** Whether a worker is ready. */
  isRunning(role: WorkerRole): boolean {
    return this.#components.get(role)?.state === "running";
  }

  /** Whether every worker is ready. */
  get allRunning(): boolean {
    return [...this.#components.values()].every((component) => component.state === "running");
  }

  /** Waits until every worker is ready, at most `limit_ms`; tells those that are not. */
  async ready(limit_ms: number): Promise<ComponentStatus[]> {
    const deadline = performance.now() + limit_ms;
    while (!this.allRunning && performance.now() < deadline) await sleep(5);
    return this.status().filter(({ state }) => state !== "running");
  }

  /** Every worker now. */
  status(): ComponentStatus[] {
    const now = this.#now();
    return Array.from(this.#components.values(), (c) => ({
      name: c.role,
      state: c.state,
      restarts: c.restarts,
      hangs: c.hangs,
      heartbeat_age_ms: c.worker === null ? 0 : Math.round(now - c.beat_at),
      last_error: c.reason,
    }));
  }

  /** To be called about once a second: heartbeats, due starts, recoveries. */
  tick(): void {
    const now = this.#now();
    const asleep = now - this.#last_tick;
    this.#last_tick = now;
    for (const component of this.#components.values()) {
      // The whole process was stopped or starved: the workers had no chance to beat either.
      if (asleep > 4000) component.beat_at += asleep;
      this.#watch(component, now);
    }
  }

  /** Asks one role to drain; resolves true when it has stopped, false after `timeout_ms`. */
  async drain(role: WorkerRole, timeout_ms: number): Promise<boolean> {
    this.#stopping = true;
    const component = this.#components.get(role);
    if (component === undefined || component.worker === null) return true;
    component.state = "stopping";
    this.post(role, { kind: "drain" });
    const begun = this.#now();
    for (let waited = 0; component.worker !== null && waited < timeout_ms;) {
      await sleep(5);
      waited = this.#now() - begun;
      // The message drains; the flag ends a loop that reads no messages, drained or not.
      if (waited > timeout_ms / 2) this.#options.control.requestStop(role);
    }
    const stopped = component.worker === null;
    if (!stopped) component.reason = "did not drain in time";
    component.worker?.terminate();
    component.worker = null;
    component.state = "stopped";
    return stopped;
  }

  /** No more restarts; what still runs is left to the end of the process. */
  stop(): void {
    this.#stopping = true;
    for (const component of this.#components.values()) {
      component.worker?.terminate();
      component.worker = null;
      component.state = "stopped";
    }
  }

  #spawn(component: Component): void {
    const { role } = component;
    const { control, spawn, startMessage } = this.#options;
    control.nextGeneration(role);
    component.state = "starting";
    component.beats = control.beats(role);
    component.beat_at = component.started_at = this.#now();
    try {
      const worker = spawn(role);
      component.worker = worker;
      worker.onmessage = (event) => this.#received(component, worker, event.data as FromWorker);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#ended(component, worker, event.message || "an error without a message");
      };
      worker.onmessageerror = () => this.#ended(component, worker, "an unreadable message");
      worker.postMessage(startMessage(role));
    } catch (error) {
      component.worker?.terminate();
      this.#failed(component, `it cannot start: ${error instanceof Error ? error.message : error}`);
    }
  }

  #received(component: Component, worker: WorkerHandle, message: FromWorker): void {
    // A fenced worker may still post: nobody listens.
    if (component.worker !== worker) return;
    if (message.kind === "ready" && component.state === "starting") {
      component.state = "running";
      component.beat_at = this.#now();
      if (component.restarts > 0) this.#options.onRestarted(component.role, component.reason);
    }
    if (message.kind === "stopped") {
      if (component.state !== "stopping") {
        return this.#ended(component, worker, "it stopped unasked");
      }
      component.worker = null;
      component.state = "stopped";
      worker.terminate();
    }
    this.#options.onMessage(component.role, message);
  }

  #ended(component: Component, worker: WorkerHandle, reason: string): void {
    if (component.worker !== worker) return;
    worker.terminate();
    this.#failed(component, reason);
  }

  #failed(component: Component, reason: string): void {
    const { role } = component;
    component.worker = null;
    component.reason = reason;
    this.#options.onDown(role);
    if (this.#stopping) {
      component.state = "stopped";
      return;
    }
    const was_open = component.backoff.open;
    const wait = component.backoff.failed(this.#now());
    component.restarts++;
    component.state = component.backoff.open ? "failed" : "waiting";
    component.start_due = this.#now() + wait;
    this.#options.log("WARNING", `${role} ended: ${reason}; next start in ${wait} ms`);
    if (component.backoff.open && !was_open) {
      this.#options.log("ERROR", `Cannot keep ${role} running: because it fails again and again`);
    }
  }

  #watch(component: Component, now: number): void {
    if (component.state === "waiting" || component.state === "failed") {
      if (now >= component.start_due) this.#spawn(component);
      return;
    }
    if (component.worker === null || component.state === "stopping") return;
    const beats = this.#options.control.beats(component.role);
    if (beats !== component.beats) {
      component.beats = beats;
      component.beat_at = now;
      this.#recount(component.role);
    }
    if (component.state === "running" && now - component.started_at > RECOVERED_MS) {
      component.backoff.succeeded();
    }
    const { hang_ms = 15_000, start_ms = 60_000 } = this.#options;
    const limit = component.state === "starting" ? start_ms : hang_ms;
    if (now - component.beat_at >= limit) this.#silent(component, limit);
  }

  /** A thread that hung may come back and end: then it must not be taken for the present one. */
  #recount(role: WorkerRole): void {
    const left = this.#abandoned.get(role) ?? 0;
    const threads = left === 0 ? undefined : this.#options.threads?.(role);
    if (threads !== undefined) this.#abandoned.set(role, Math.min(left, Math.max(0, threads - 1)));
  }

  /** No heartbeat: an exit where its thread is gone, else a hang. */
  #silent(component: Component, limit: number): void {
    const { role } = component;
    const left = this.#abandoned.get(role) ?? 0;
    const threads = this.#options.threads?.(role);
    component.worker?.terminate();
    if (threads !== undefined && threads <= left) {
      return this.#failed(component, "its thread exited");
    }
    this.#abandoned.set(role, left + 1);
    component.hangs++;
    this.#hangs++;
    if (this.#hangs > (this.#options.tolerated_hangs ?? 1)) {
      component.worker = null;
      component.state = "failed";
      component.reason = "hung again";
      component.start_due = Infinity;
      this.#options.log("ERROR", `${role} gave no heartbeat for ${limit} ms: the second hang`);
      return this.#options.escalate(role);
    }
    this.#failed(component, `no heartbeat for ${limit} ms`);
    for (const other of this.#options.onHang(role)) {
      const partner = this.#components.get(other);
      if (partner === undefined || partner === component || partner.worker === null) continue;
      this.#options.control.requestStop(other);
      partner.worker.terminate();
      this.#failed(partner, `${role} hung and its buffers are replaced`);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
