/**
 * The monitoring platform as a part of the service: a worker that is there while the configuration
 * asks for collectors, tracers, learning or the API, with a supervision of its own. Whatever happens to
 * it ends here: the parts that watch SMB notice nothing.
 *
 * States: off; starting (its worker has not reported yet); on; ended (the worker hung twice: until it
 * is switched off and on again, or the agent is restarted).
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { platformOn } from "../../config/platform.ts";
import type { Config } from "../../config/types.ts";
import type { MetricsAnswer, MetricsRequest } from "../../evidence/host_metrics.ts";
import type { RunPaths } from "../../os/paths.ts";
import { reasonOf } from "../../os/reason.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { DRAIN_MS } from "../controller_options.ts";
import { type LoneWorkerOptions, superviseLone } from "../lone_worker.ts";
import type { FromWorker, ToWorker, WorkerRole } from "../messages.ts";
import { Questions } from "../questions.ts";
import type { ControlCommand, ControlResponse } from "../socket/protocol.ts";
import type { Supervisor } from "../supervisor.ts";
import type { ComponentStatus } from "../supervisor_options.ts";
import { BUDGET_PACE, type BudgetPace } from "./budget.ts";
import type { PlatformReport, PlatformWork, SmbNotice } from "./messages.ts";
import { platformSettings } from "./settings.ts";
import { NO_REPORT, type PlatformState, type PlatformStatus } from "./status.ts";
import { type TracerLoader, TracerLoads, tracersWanted } from "./tracer_loads.ts";

/** The platform's role. */
export const PLATFORM_ROLE: WorkerRole = "platform";

/** A bundle waits so long for the host's metrics. */
const METRICS_MS = 2000;

/** What SMB detection found is kept for a worker that starts later. */
const MAX_NOTICES = 200;

/** Messages that are those of SMB detection as well. */
const RELAYED: ReadonlySet<FromWorker["kind"]> = new Set(["anomaly", "followup", "violations"]);

/** What the platform has of the agent. */
export interface PlatformPartOptions extends LoneWorkerOptions {
  /** Where sockets are. */
  paths: Pick<RunPaths, "dir">;
  /** Does what the control socket is asked. */
  command: (command: ControlCommand) => Promise<ControlResponse>;
  /** Passes on an anomaly of a metric, and what comes after it. */
  relay: (message: FromWorker) => void;
  /** Tells people at once. */
  alert: (text: string) => void;
  /** Loads tracers; the real ones where it is absent. */
  tracers?: TracerLoader;
  /** Of the budget, where it is not the usual one. */
  pace?: BudgetPace;
  /** Seconds since the epoch. */
  now_sec?: () => number;
}

/** Owns the platform's worker. */
export class PlatformPart {
  readonly #options: PlatformPartOptions;
  #supervisor: Supervisor | null = null;
  #wanted: Config | null = null;
  #work: PlatformWork | null = null;
  #state: PlatformState = "off";
  #reason = "";
  #report: PlatformReport = NO_REPORT;
  readonly #notices: SmbNotice[] = [];
  /** One change after the other. */
  #changes: Promise<void> = Promise.resolve();
  #reported: () => void = () => {};
  readonly #tracers: TracerLoads;
  readonly #questions = new Questions<MetricsRequest, MetricsAnswer>(
    (id, request) =>
      this.#supervisor?.post(PLATFORM_ROLE, { kind: "platform_metrics", id, request }) ?? false,
    METRICS_MS,
  );
  /** What the budget has put out. */
  #shed: ReadonlySet<string> = new Set();
  #probe: ProbeHandles | null = null;
  #seq = 0;

  /** Off. */
  constructor(options: PlatformPartOptions) {
    this.#options = options;
    this.#tracers = new TracerLoads(options.tracers);
  }

  /** Puts a configuration in force, in the background. */
  apply(config: Config): void {
    this.#wanted = config;
    this.#enqueue(() => this.#apply(config));
  }

  /** To be called about once a second. */
  tick(): void {
    this.#supervisor?.tick();
  }

  /** Its worker, as `aod status` shows it; empty while it is off. */
  components(): ComponentStatus[] {
    return this.#supervisor?.status() ?? [];
  }

  /** The platform now. */
  status(): PlatformStatus {
    const settings = this.#work?.settings;
    const api = settings?.api.enabled === true ? settings : undefined;
    return {
      state: this.#state,
      reason: this.#reason,
      token_file: api?.token_path ?? "",
      socket: api?.socket_path ?? "",
      ...this.#report,
    };
  }

  /** Waits until the worker has said how its parts are, at most so long. */
  async reported(limit_ms: number): Promise<PlatformStatus> {
    await this.#changes;
    if (this.#state === "starting") {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#reported = resolve;
      const timer = setTimeout(resolve, limit_ms);
      await promise;
      clearTimeout(timer);
    }
    return this.status();
  }

  /** SMB is watched by this probe. */
  watching(probe: ProbeHandles): void {
    this.#probe = probe;
    const config = this.#wanted;
    if (config !== null && platformOn(config)) this.#enqueue(() => this.#apply(config));
  }

  /** The host's metrics for a bundle. @throws Error with the reason where there are none */
  async metrics(request: MetricsRequest): Promise<MetricsAnswer> {
    const { state, reason } = this.status();
    if (state !== "on") throw new Error(`the platform is ${state}${reason && `: ${reason}`}`);
    try {
      return await this.#questions.ask(request);
    } catch (error) {
      throw new Error(`the platform gave none: ${reasonOf(error)}`);
    }
  }

  /** Tells of what SMB detection found; `fields` as in the audit trail. */
  notice(event: string, fields: Record<string, unknown>): void {
    if (event !== "anomaly" && event !== "sealed") return;
    const timestamp = this.#options.now_sec?.() ?? Date.now() / 1000;
    const notice: SmbNotice = { event, fields, timestamp };
    this.#notices.push(notice);
    if (this.#notices.length > MAX_NOTICES) this.#notices.shift();
    this.#supervisor?.post(PLATFORM_ROLE, { kind: "platform_smb", notice });
  }

  /** Lets what is under way end, writes what waits. */
  async stop(): Promise<void> {
    this.#wanted = null;
    this.#enqueue(() => this.#turnOff());
    await this.#changes;
  }

  #enqueue(change: () => Promise<void> | void): void {
    this.#changes = this.#changes.then(change).catch((error) => this.#end(reasonOf(error)));
  }

  async #apply(config: Config): Promise<void> {
    if (config !== this.#wanted) return; // another one came after it
    if (!platformOn(config)) return await this.#turnOff();
    const settings = platformSettings(config, this.#options.paths);
    const tracers_wanted = tracersWanted(config.ebpf);
    const loaded = this.#shed.has("tracers") ? [] : tracers_wanted;
    await this.#tracers.apply(loaded, config.ebpf, this.#seq + 1);
    const { sources: tracers, faults } = this.#tracers;
    const probe = this.#probe;
    for (const { part, reason } of faults) this.#options.log("WARNING", `${part}: ${reason}`);
    const work = { settings, tracers, tracers_wanted, faults, probe };
    if (this.#work !== null && isDeepStrictEqual({ ...work, seq: this.#seq }, this.#work)) return;
    this.#work = { ...work, seq: ++this.#seq };
    if (this.#state === "ended") return;
    if (this.#supervisor === null) this.#start(this.#work);
    else this.#supervisor.post(PLATFORM_ROLE, { kind: "platform_work", work: this.#work });
  }

  #start(work: PlatformWork): void {
    this.#state = "starting";
    const supervisor = superviseLone(PLATFORM_ROLE, this.#options, {
      startMessage: (): ToWorker => ({
        kind: "platform_start",
        control: this.#options.control.buffer,
        work: this.#work ?? work,
        smb: this.#notices,
        pace: this.#options.pace ?? BUDGET_PACE,
      }),
      onMessage: (message) => this.#received(supervisor, message),
      onDown: () => this.#down(supervisor),
      onSecondHang: () => this.#end("its worker hung twice"),
    });
    this.#supervisor = supervisor;
    supervisor.start();
  }

  #received(supervisor: Supervisor, message: FromWorker): void {
    if (message.kind === "log") this.#options.log(message.level, message.text);
    if (RELAYED.has(message.kind)) this.#options.relay(message);
    if (message.kind === "platform_series") {
      const { id, answer } = message;
      if (typeof answer === "string") this.#questions.refused(id, answer);
      else this.#questions.answered(id, answer);
    }
    if (message.kind === "platform_request") {
      const { id, command } = message;
      const answer = (response: ControlResponse) =>
        supervisor.post(PLATFORM_ROLE, { kind: "platform_answer", id, response });
      this.#options.command(command).then(
        answer,
        (error) => answer({ ok: false, error: reasonOf(error), details: [] }),
      );
    }
    if (message.kind === "platform_shed") this.#shedBecame(message.parts);
    if (message.kind === "platform_report" && this.#supervisor === supervisor) {
      this.#tracers.done(message.report.seq);
      this.#report = message.report;
      if (this.#state === "starting") this.#state = "on";
      this.#reported();
    }
  }

  /** The budget has put these parts out, and no others. */
  #shedBecame(parts: readonly string[]): void {
    if (parts.length === 0 && this.#shed.size === 0) return;
    this.#shed = new Set(parts);
    const config = this.#wanted;
    if (config !== null) this.#enqueue(() => this.#apply(config));
  }

  /** What it reported is over. */
  #down(supervisor: Supervisor): void {
    this.#questions.close("its worker has ended");
    if (this.#supervisor !== supervisor || this.#state !== "on") return;
    this.#state = "starting";
    this.#report = NO_REPORT;
    this.#shedBecame([]); // its successor begins with everything
  }

  /** Not tried again. */
  #end(reason: string): void {
    this.#state = "ended";
    this.#questions.close(reason);
    this.#reason = reason;
    this.#report = NO_REPORT;
    this.#reported();
    const { log, alert, audit } = this.#options;
    log("ERROR", `the platform has stopped: ${reason}`);
    alert(`platform stopped: ${reason}`);
    audit("platform_failed", { reason });
  }

  async #turnOff(): Promise<void> {
    const supervisor = this.#supervisor;
    const ended = this.#state === "ended";
    this.#supervisor = null;
    this.#work = null;
    this.#state = "off";
    this.#questions.close("it was switched off");
    this.#reason = "";
    this.#report = NO_REPORT;
    this.#shed = new Set();
    if (supervisor === null) return;
    if (!ended && !await supervisor.drain(PLATFORM_ROLE, DRAIN_MS.platform)) {
      this.#options.log("WARNING", `its worker did not drain in ${DRAIN_MS.platform} ms`);
    }
    supervisor.stop();
    this.#tracers.closeAll();
    this.#options.log("INFO", "the platform is off");
  }
}
