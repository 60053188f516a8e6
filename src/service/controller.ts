/**
 * The controller: owns every part of the running agent, starts them in order, ticks, reloads, drains.
 * It runs on the main thread and never waits there for anything but events.
 * @module
 */
import type { Config } from "../config/types.ts";
import { IdSource } from "../detect/ids.ts";
import type { PassReport } from "../evidence/space_watcher.ts";
import { StuckChildren } from "../evidence/stuck.ts";
import { wallNs } from "../os/clock.ts";
import { ActionStats } from "./action_stats.ts";
import { AnomalyQueue } from "./anomaly_queue.ts";
import { type AuditSwitch, makeAudit } from "./audit_switch.ts";
import { Bundles, type SealedInfo } from "./bundles.ts";
import { runCommand } from "./commands.ts";
import { ControlBlock, ROLES } from "./control.ts";
import { EventQueues } from "./event_queues.ts";
import { readLedger } from "./ledger.ts";
import { wantedLevel } from "./log_level.ts";
import type { StartMessage, WorkerRole } from "./messages.ts";
import type { ControllerOptions } from "./controller_options.ts";
import { DRAIN_MS, READY_MS, SNAPSHOT_MS, TICK_MS } from "./controller_options.ts";
import { OptionalParts } from "./optional_parts.ts";
import { ProbeManager } from "./probe_manager.ts";
import { Rates } from "./rates.ts";
import { compareConfigs, type ConfigChange, tellChanges, withoutRestartKeys } from "./reload.ts";
import { replaceHung } from "./replace_process.ts";
import { Router } from "./router.ts";
import { keepAnomalies, type SavedState, saveState, takeState } from "./saved_state.ts";
import { snapshotAnomaly } from "./snapshot.ts";
import type { SpaceKeeper } from "./space_keeper.ts";
import { makeSpaceKeeper } from "./space_part.ts";
import { type AgentStatus, processFigures, statusLine, summaryFigures } from "./status.ts";
import type { ControlCommand } from "./socket/protocol.ts";
import { Supervisor } from "./supervisor.ts";
import { countThreads } from "./threads.ts";
import { Violations } from "./violations.ts";

/** The running agent. */
export class Controller {
  /** Event log and platform. */
  readonly optional: OptionalParts;
  readonly #options: ControllerOptions;
  readonly #control: ControlBlock;
  readonly #supervisor: Supervisor;
  readonly #router: Router;
  readonly #probe: ProbeManager;
  readonly #space: SpaceKeeper<PassReport>;
  readonly #queue = new AnomalyQueue();
  readonly #bundles = new Bundles();
  readonly #actions = new ActionStats();
  readonly #rates = new Rates();
  readonly #violations = new Violations();
  readonly #events: EventQueues;
  readonly #ids = new IdSource(wallNs);
  readonly #started_ms = performance.now();
  readonly #started_at = new Date().toISOString();
  readonly #saved: SavedState | null;
  readonly #stuck: StuckChildren;
  readonly #audit: AuditSwitch;
  #config: Config;
  #timer: ReturnType<typeof setInterval> | undefined;
  #status_line = "";
  #stopping = false;

  /** Nothing runs before `start`. */
  constructor(options: ControllerOptions) {
    const { config, parts, log, syslog, paths } = options;
    this.#options = options;
    this.#config = config;
    this.#saved = takeState(paths.state);
    this.#stuck = new StuckChildren(this.#saved?.stuck);
    this.#control = ControlBlock.create({ metrics: !options.minimal });
    this.#events = new EventQueues(parts.createEventQueue);
    this.#violations.keep(config.guardian.anomalies.map(({ name }) => name));
    this.#audit = makeAudit(config, this.#control, log);
    this.#router = new Router({
      control: this.#control,
      queue: this.#queue,
      bundles: this.#bundles,
      actions: this.#actions,
      violations: this.#violations,
      stuck: this.#stuck,
      metrics: (request) => this.optional.platform.metrics(request),
      log,
      syslog: (priority, text) => syslog.log(priority, text),
      audit: (event, fields) => this.#audit.write(event, fields),
      now: () => performance.now(),
    });
    this.#supervisor = new Supervisor({
      control: this.#control,
      roles: ROLES,
      spawn: parts.spawn,
      startMessage: () => this.#startMessage(),
      onMessage: (role, message) => this.#router.received(role, message),
      onDown: (role) => this.#down(role),
      onRestarted: (role, reason) => this.#router.restarted(role, reason),
      onHang: (role) => this.#hung(role),
      escalate: (role) => this.#replace(role),
      log: (level, text) => log.log(level, "controller", text),
      threads: countThreads,
      ...parts.supervision,
    });
    this.#router.connect(this.#supervisor);
    this.#probe = new ProbeManager(config, {
      parts: parts.probe,
      onAttached: (probe) => {
        for (const role of ROLES) this.#supervisor.post(role, { kind: "probe", probe });
        this.optional.platform.watching(probe);
      },
      log: (level, text) => log.log(level, "probe", text),
    });
    this.#space = makeSpaceKeeper({
      parts,
      config: () => this.#config,
      control: this.#control,
      log,
      audit: (event, fields) => this.#audit.write(event, fields),
    });
    const own = { control: this.#control, audit: this.#audit, router: this.#router, paths };
    const command = (what: ControlCommand) => runCommand(this, what);
    this.optional = new OptionalParts({ ...own, parts, log, syslog, command });
  }

  /** Starts the workers and tries the probe; resolves when every worker is ready, or after 5 s. */
  async start(): Promise<void> {
    const { log } = this.#options;
    this.#supervisor.start();
    await this.#probe.tick(performance.now());
    // From now on: a worker that ends before all are ready is started again.
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    for (const { name, state } of await this.#supervisor.ready(READY_MS)) {
      log.warning("controller", `${name} is not ready yet (${state})`);
    }
    for (const anomaly of this.#saved?.anomalies ?? []) this.#router.detected(anomaly);
    const replaced = this.#saved?.reason ?? "";
    this.#audit.write("started", { config: this.#config.source, replaced });
  }

  /** Event log and platform, which nobody waits for: to be called once SMB is watched. */
  startOptional(): void {
    if (!this.#stopping) this.optional.apply(this.#config);
  }

  /** Why nothing can ever be watched on this kernel; null otherwise. */
  get unsupported(): string | null {
    return this.#probe.unsupported;
  }

  /** What `aod status` shows. */
  status(): AgentStatus {
    const now = performance.now();
    const { handles } = this.#probe;
    return {
      ...processFigures(),
      started_at: this.#started_at,
      uptime_sec: Math.round((now - this.#started_ms) / 1000),
      config: this.#config.source,
      output_dir: this.#config.aod_output_dir,
      minimal: this.#options.minimal,
      probe: this.#probe.status(),
      components: [...this.#supervisor.status(), ...this.optional.components()],
      rates: this.#control.metrics ? this.#rates.perSecond(now, this.#control) : {},
      summaries: summaryFigures(this.#control),
      actions: this.#actions.all(),
      violations: this.#violations.all(),
      ledger: readLedger(this.#control, this.#events.ledger(), this.#queue.ledger(), handles),
      counters: this.#control.counters(),
      bundles: { ...this.#bundles.totals, recent: this.#bundles.recent() },
      ...this.optional.status(),
      space: this.#space.last,
    };
  }

  /** Takes a snapshot bundle; resolves when it is sealed. */
  async snapshot(): Promise<SealedInfo> {
    if (this.#stopping) throw new Error("Cannot take a snapshot: because aod is stopping");
    this.#control.add("controller_snapshots");
    const anomaly = snapshotAnomaly(this.#ids.next(), this.#config);
    const sealed = this.#bundles.wait(anomaly.id, SNAPSHOT_MS);
    this.#router.detected(anomaly);
    return await sealed;
  }

  /**
   * Reads the configuration again and puts it in force.
   * @returns what changed
   * @throws {ConfigError} with every fault; the old configuration stays in force
   */
  reload(): ConfigChange[] {
    if (this.#stopping) throw new Error("Cannot reload: because aod is stopping");
    const { notify, parts, configPath, log } = this.#options;
    notify.reloading();
    try {
      const { config, warnings } = parts.loadConfig(configPath);
      for (const warning of warnings) log.warning("config", warning);
      const changes = compareConfigs(this.#config, config);
      const effective = withoutRestartKeys(this.#config, config);
      this.#probe.apply(effective);
      this.#config = effective;
      this.#violations.keep(effective.guardian.anomalies.map(({ name }) => name));
      for (const role of ROLES) this.#supervisor.post(role, { kind: "config", config: effective });
      this.#audit.apply(effective);
      this.optional.apply(effective);
      log.setLevel(wantedLevel(effective));
      this.#control.add("controller_reloads");
      this.#audit.write("reload", { changed: changes.map((change) => change.path) });
      tellChanges(changes, log);
      return changes;
    } catch (error) {
      this.#control.add("controller_reloads_refused");
      this.#audit.write("reload_refused", { reason: String(error) });
      throw error;
    } finally {
      notify.ready();
    }
  }

  /** Drains the parts in the order the data flows, and lets go of everything. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearInterval(this.#timer);
    const { log, paths } = this.#options;
    const optional = this.optional.stop();
    for (const role of ROLES) {
      const drained = await this.#supervisor.drain(role, DRAIN_MS[role]);
      if (!drained) log.warning("controller", `${role} did not drain in ${DRAIN_MS[role]} ms`);
      if (role === "dispatcher") this.#probe.close();
    }
    this.#supervisor.stop();
    this.#bundles.failAll("aod is stopping");
    const anomalies = this.#queue.pending();
    keepAnomalies(paths.state, anomalies, (text) => log.error("controller", text));
    await Promise.all([optional, this.#space.stop()]);
    this.#audit.write("stopped", { waiting: anomalies.length });
    await this.#audit.close();
  }

  #startMessage(): StartMessage {
    return {
      kind: "start",
      config: this.#config,
      probe: this.#probe.handles,
      ...this.#events.buffers,
      stuck: this.#stuck.all(),
      control: this.#control.buffer,
    };
  }

  #tick(): void {
    const now = performance.now();
    this.#supervisor.tick();
    this.optional.tick(now);
    this.#probe.tick(now).catch((error) => {
      this.#options.log.once("probe", 60_000, "ERROR", "probe", String(error));
    });
    this.#space.tick(now);
    if (this.#control.metrics) this.#rates.tick(now, this.#control);
    const { received } = this.#queue.ledger();
    const line = statusLine(this.#probe.status(), received, this.#bundles.totals.sealed);
    if (line !== this.#status_line) this.#options.notify.status(this.#status_line = line);
  }

  #down(role: WorkerRole): void {
    this.#router.down(role);
    this.#audit.write("ended", { component: role });
    // The first wait of a backoff is shorter than a tick.
    setTimeout(() => !this.#stopping && this.#supervisor.tick(), 110);
  }

  #hung(role: WorkerRole): readonly WorkerRole[] {
    this.#control.add("controller_hangs");
    this.#audit.write("hung", { component: role });
    if (role === "collector") return [];
    // The stuck thread may still hold the old queue: both its ends move to a new one.
    this.#events.replace();
    this.#supervisor.post("collector", { kind: "queues", ...this.#events.buffers });
    return ["dispatcher", "watcher"];
  }

  async #replace(role: WorkerRole): Promise<void> {
    const { log, syslog, paths } = this.#options;
    this.#audit.write("replaced", { component: role });
    await replaceHung(role, {
      replaced_at: this.#saved?.replaced_at ?? [],
      stuck: this.#stuck.all(),
      settle: async () => {
        this.#stopping = true;
        if (role !== "collector") await this.#supervisor.drain("collector", DRAIN_MS.collector);
        const ends = [this.optional.stop(), this.#audit.close(), log.flush(), syslog.flush()];
        return await Promise.all(ends).then(() => this.#queue.pending());
      },
      save: (state) => saveState(paths.state, state),
    }, this.#options);
  }
}
