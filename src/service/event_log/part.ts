/**
 * The event log as a part of the service: on and off with the configuration, with programs, ring,
 * worker, ledger and supervision of its own. Whatever happens to it ends here: the parts that watch
 * SMB notice nothing.
 *
 * States: off; opening (the worker opens the output); on; failed (its output takes nothing, or nothing
 * can be loaded: tried again after a while); ended (its worker hung twice: until it is switched off and
 * on again, or the agent is restarted).
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../config/types.ts";
import { Backoff } from "../backoff.ts";
import { DRAIN_MS } from "../controller_options.ts";
import type { FromWorker } from "../messages.ts";
import type { Supervisor } from "../supervisor.ts";
import type { ComponentStatus } from "../supervisor_options.ts";
import { EventLogLoads } from "./loads.ts";
import type { EventLogWork, FromEventLog } from "./messages.ts";
import {
  type KernelSettings,
  kernelSettings,
  type OutputSettings,
  outputSettings,
} from "./plan.ts";
import type { EventLogState, EventLogStatus } from "./status.ts";
import { EVENT_LOG_ROLE, type EventLogPartOptions, superviseEventLog } from "./supervision.ts";

/** Programs that have begun when the log is paused write their events meanwhile. */
const SETTLE_MS = 20;
/** Waits before an output, or the programs, are tried again. */
const RETRY = {
  first_ms: 1_000,
  max_ms: 60_000,
  breaker_failures: Infinity,
  window_ms: 600_000,
  open_ms: 60_000,
};
/** Reasons of a failed load that waiting will not mend. */
const HOPELESS = new Set(["no_btf", "unsupported"]);
/** An output that has worked this long has recovered. */
const RECOVERED_MS = 60_000;

/** Owns the event log. */
export class EventLogPart {
  readonly #options: EventLogPartOptions;
  readonly #loads: EventLogLoads;
  readonly #backoff = new Backoff(RETRY);
  #supervisor: Supervisor | null = null;
  #output: OutputSettings | null = null;
  #wanted: Config | null = null;
  #state: EventLogState = "off";
  #reason = "";
  #retry_at = Infinity;
  #on_since = Infinity;
  #seq = 0;
  /** What the worker was last given. */
  #work: EventLogWork | null = null;
  /** One change after the other. */
  #changes: Promise<void> = Promise.resolve();

  /** Off. */
  constructor(options: EventLogPartOptions) {
    this.#options = options;
    this.#loads = new EventLogLoads(options.load, options.control);
  }

  /** Puts a configuration in force, in the background; what fails is an alert, and tried again. */
  apply(config: Config): void {
    this.#wanted = config;
    this.#enqueue(() => this.#apply(config));
  }

  /** To be called about once a second. */
  tick(now: number): void {
    this.#supervisor?.tick();
    if (this.#state === "on" && now - this.#on_since > RECOVERED_MS) this.#backoff.succeeded();
    const given_up = this.#supervisor?.status().some(({ state }) => state === "failed") === true;
    if (given_up && this.#loads.armed) this.#fail("its worker fails again and again");
    if (this.#state !== "failed" || now < this.#retry_at) return;
    this.#retry_at = Infinity;
    this.#enqueue(() => this.#retry());
  }

  /** Its worker, as `aod status` shows it; empty while it is off. */
  components(): ComponentStatus[] {
    return this.#supervisor?.status() ?? [];
  }

  /** The event log now. */
  status(): EventLogStatus {
    const { path, format } = this.#output ?? { path: "", format: "" };
    const { types, ring_bytes } = this.#loads.settings ?? { types: new Set(), ring_bytes: 0 };
    const wait_ms = this.#retry_at - performance.now();
    return {
      state: this.#state,
      reason: this.#reason,
      retry_in_sec: Number.isFinite(wait_ms) ? Math.max(0, Math.ceil(wait_ms / 1000)) : null,
      output: path,
      format,
      types: types.size,
      ring_bytes,
      programs: this.#loads.programs,
      ledger: this.#loads.ledger(),
    };
  }

  /** Writes what waits and ends. */
  async stop(): Promise<void> {
    this.#wanted = null;
    this.#enqueue(() => this.#turnOff());
    await this.#changes;
  }

  #enqueue(change: () => Promise<void>): void {
    this.#changes = this.#changes.then(change).catch((error) => {
      const reason = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && "reason" in error ? String(error.reason) : "";
      if (HOPELESS.has(code)) this.#end(reason);
      else this.#fail(reason);
    });
  }

  async #apply(config: Config): Promise<void> {
    if (config !== this.#wanted) return; // another one came after it
    if (!config.event_log.enabled) return await this.#turnOff();
    const kernel = kernelSettings(config.event_log);
    this.#output = outputSettings(config);
    if (this.#state === "ended") return;
    await this.#changeKernel(kernel);
    if (this.#supervisor === null) this.#start();
    else if (this.#state !== "failed") this.#post();
    else this.#retry_at = 0; // perhaps that mends it
  }

  async #changeKernel(kernel: KernelSettings): Promise<void> {
    const before = this.#loads.settings;
    if (before === null) {
      await this.#loads.replace(kernel, this.#seq + 1);
      for (const { name, error } of this.#loads.programs) {
        if (error !== undefined) this.#log("WARNING", `Cannot attach ${name}: because ${error}`);
      }
    } else if (this.#loads.fits(kernel)) this.#loads.change(kernel);
    else {
      const missed = await this.#loads.replace(kernel, this.#seq + 1);
      const text = `its programs are loaded anew; nothing was logged for ${missed.toFixed(2)} ms`;
      this.#log("INFO", text);
      this.#options.audit("event_log_loaded", { missed_ms: missed });
    }
  }

  async #retry(): Promise<void> {
    const config = this.#wanted;
    if (this.#state !== "failed" || config === null || !config.event_log.enabled) return;
    await this.#changeKernel(kernelSettings(config.event_log));
    if (this.#supervisor === null) this.#start();
    else this.#post();
  }

  #start(): void {
    this.#newWork(this.#loads.source);
    this.#supervisor = superviseEventLog(this.#options, {
      startMessage: () => ({
        kind: "event_log_start",
        control: this.#options.control.buffer,
        work: this.#work ?? this.#newWork(this.#loads.source),
      }),
      onMessage: (message) => this.#received(message),
      onSecondHang: () => this.#end("its worker hung twice"),
    });
    this.#supervisor.start();
  }

  #newWork(source: EventLogWork["source"]): EventLogWork {
    if (this.#output === null) throw new Error("unreachable: an event log without an output");
    if (source !== null) this.#state = this.#loads.armed ? this.#state : "opening";
    return this.#work = { seq: ++this.#seq, source, output: this.#output };
  }

  #post(): void {
    this.#supervisor?.post(EVENT_LOG_ROLE, {
      kind: "event_log_work",
      work: this.#newWork(this.#loads.source),
    });
  }

  #received(message: FromWorker): void {
    if (message.kind === "log") this.#log(message.level, message.text);
    if (message.kind === "event_log_state") this.#at(message);
  }

  #at({ state, seq, reason }: FromEventLog): void {
    if (state === "failed") return this.#fail(reason);
    this.#loads.done(seq);
    if (state !== "open" || seq !== this.#seq || this.#loads.armed) return;
    const { settings } = this.#loads;
    if (settings === null) return;
    this.#loads.arm();
    const { types, filters } = settings;
    this.#supervisor?.post(EVENT_LOG_ROLE, { kind: "event_log_armed", types: [...types], filters });
    const { path } = this.#output ?? { path: "" };
    this.#log("INFO", `logging ${types.size} event types to ${path}`);
    this.#options.audit("event_log_on", { output: path, types: types.size });
    this.#state = "on";
    this.#reason = "";
    this.#on_since = performance.now();
  }

  /** It stops, says so once, and is tried again. */
  #fail(reason: string): void {
    if (this.#state === "ended" || this.#wanted?.event_log.enabled !== true) return;
    const was = this.#state;
    this.#loads.disarm();
    const wait_ms = this.#backoff.failed(performance.now());
    this.#state = "failed";
    this.#retry_at = performance.now() + wait_ms;
    if (this.#supervisor !== null && this.#work?.source !== null) {
      this.#enqueue(async () => {
        await sleep(SETTLE_MS);
        if (this.#state !== "failed" || this.#supervisor === null) return;
        this.#supervisor.post(EVENT_LOG_ROLE, {
          kind: "event_log_work",
          work: this.#newWork(null),
        });
      });
    }
    // A try that fails as the one before is no news.
    if (reason === this.#reason || was === "opening" && this.#reason !== "") return;
    this.#reason = reason;
    this.#alert(reason);
  }

  #alert(reason: string): void {
    const { control, alert, audit } = this.#options;
    control.add("controller_event_log_failures");
    this.#log("ERROR", `the event log has stopped: ${reason}`);
    alert(`event log stopped: ${reason}`);
    audit("event_log_failed", { reason });
  }

  /** Not tried again. */
  #end(reason: string): void {
    this.#loads.disarm();
    this.#state = "ended";
    this.#reason = reason;
    this.#retry_at = Infinity;
    this.#alert(reason);
  }

  async #turnOff(): Promise<void> {
    if (this.#state === "off") return;
    const ended = this.#state === "ended";
    this.#loads.disarm();
    await sleep(SETTLE_MS);
    const supervisor = this.#supervisor;
    this.#supervisor = null;
    if (supervisor !== null && !ended) {
      const drained = await supervisor.drain(EVENT_LOG_ROLE, DRAIN_MS.event_log);
      if (!drained) this.#log("WARNING", `its worker did not drain in ${DRAIN_MS.event_log} ms`);
    }
    supervisor?.stop();
    this.#loads.closeAll();
    this.#work = null;
    this.#state = "off";
    this.#reason = "";
    this.#retry_at = Infinity;
    this.#log("INFO", "the event log is off");
    this.#options.audit("event_log_off", { written: this.#loads.ledger().written });
  }

  #log(level: "DEBUG" | "INFO" | "WARNING" | "ERROR", text: string): void {
    this.#options.log(level, text);
  }
}
