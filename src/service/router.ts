/**
 * What happens with a worker's message: the log, the system log, the audit trail, the relay of
 * anomalies to the collector.
 * @module
 */
import type { Anomaly, Followup } from "../detect/anomaly.ts";
import type { AskMetrics, MetricsAnswer } from "../evidence/host_metrics.ts";
import type { StuckChildren } from "../evidence/stuck.ts";
import { reasonOf } from "../os/reason.ts";
import { LOG_ALERT, LOG_WARNING } from "../os/syslog.ts";
import type { ActionStats } from "./action_stats.ts";
import type { AnomalyQueue } from "./anomaly_queue.ts";
import type { Bundles } from "./bundles.ts";
import type { ControlBlock } from "./control.ts";
import type { Logger } from "./log.ts";
import type { FromWorker, WorkerRole } from "./messages.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Violations } from "./violations.ts";

/** Follow-ups kept while no collector runs. */
const MAX_FOLLOWUPS = 256;

/** What messages lead to. */
export interface RouterParts {
  /** Counters. */
  control: ControlBlock;
  /** Anomalies on their way. */
  queue: AnomalyQueue;
  /** What was sealed. */
  bundles: Bundles;
  /** How actions did. */
  actions: ActionStats;
  /** Offences per anomaly. */
  violations: Violations;
  /** The host's metrics, for bundles. */
  metrics: AskMetrics;
  /** Children that no collector may start again while they are there. */
  stuck: StuckChildren;
  /** Log on stderr. */
  log: Logger;
  /** Writes to the system log. */
  syslog: (priority: number, text: string) => void;
  /** Writes an audit entry where auditing is on. */
  audit: (event: string, fields: Record<string, unknown>) => void;
  /** Monotonic ms. */
  now: () => number;
}

/** Routes messages; owns nothing but the follow-ups that wait. */
export class Router {
  readonly #parts: RouterParts;
  #followups: Followup[] = [];
  #supervisor: Supervisor | null = null;

  /** A router without workers. */
  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** The supervisor is made after the router, with the router's functions. */
  connect(supervisor: Supervisor): void {
    this.#supervisor = supervisor;
  }

  /** A message of a live worker. */
  received(role: WorkerRole, message: FromWorker): void {
    const { log, audit, actions, control, bundles, queue, now } = this.#parts;
    switch (message.kind) {
      case "ready":
        if (role === "collector") this.#collectorReady();
        return;
      case "log":
        return log.log(message.level, role, message.text);
      case "anomaly":
        return this.detected(message.anomaly);
      case "followup":
        return this.#followup(message.followup);
      case "accepted": {
        const waited_ms = queue.accepted(message.id, now());
        if (waited_ms === null) return;
        control.add("controller_anomalies_acknowledged");
        control.observe("controller_relay_us", waited_ms * 1000);
        return;
      }
      case "sealed": {
        const { kind: _kind, ...info } = message;
        log.info("collector", `sealed ${info.path} (${info.bytes} bytes): ${info.verdict}`);
        audit("sealed", info);
        return bundles.sealed(info);
      }
      case "ask_metrics": {
        const { id, request } = message;
        const answer = (given: MetricsAnswer | string) =>
          this.#supervisor?.post("collector", { kind: "metrics", id, answer: given });
        this.#parts.metrics(request).then(answer, (error) => answer(reasonOf(error)));
        return;
      }
      case "stuck":
        return this.#parts.stuck.add(message.child);
      case "violations":
        return this.#parts.violations.add(message.counts);
      case "audit":
        if (message.event === "action") actions.record(message.fields);
        if (message.event === "failed" || message.event === "refused") {
          bundles.failed(
            String(message.fields.id),
            String(message.fields.reason ?? "of its state"),
          );
        }
        return audit(message.event, message.fields);
      case "stopped":
        return;
    }
  }

  /** An anomaly fired: the system log, the audit trail, the collector. */
  detected(anomaly: Anomaly): void {
    const { queue, control, log, syslog, audit, now } = this.#parts;
    if (queue.has(anomaly.id)) return;
    control.add("controller_anomalies_received");
    const { id, name, type, reason, count, group } = anomaly;
    if (type !== "snapshot") {
      syslog(LOG_ALERT, `AOD detected anomaly: ${type.toLowerCase()} with ${count} events`);
    }
    const finder = type === "metric" ? "platform" : "watcher";
    if (type === "snapshot") log.info("controller", `snapshot asked for: ${id}`);
    else log.warning(finder, `anomaly ${name} (${type}, ${reason}) with ${count} events: ${id}`);
    audit("anomaly", { id, name, type, reason, count, group });
    const dropped = queue.push(anomaly, now());
    if (dropped !== null) this.gaveUp(dropped, "too many anomalies wait for the collector");
  }

  /** An anomaly will not be collected. */
  gaveUp(anomaly: Anomaly, reason: string): void {
    const { control, log, audit, bundles } = this.#parts;
    control.add("controller_anomalies_dropped");
    log.once("dropped", 10_000, "ERROR", "controller", `Cannot collect ${anomaly.id}: ${reason}`);
    audit("dropped", { id: anomaly.id, name: anomaly.name, reason });
    bundles.failed(anomaly.id, reason);
  }

  /** A worker has ended. */
  down(role: WorkerRole): void {
    if (role === "collector") this.#parts.queue.detach();
  }

  /** A worker runs again after it had ended. */
  restarted(role: WorkerRole, reason: string): void {
    const { control, syslog, log, audit } = this.#parts;
    control.add("controller_restarts");
    syslog(LOG_WARNING, `AOD component ${role} restarted due to unexpected exit`);
    log.warning("controller", `${role} runs again (it ended: ${reason})`);
    audit("restarted", { component: role, reason });
  }

  #collectorReady(): void {
    const { queue, control } = this.#parts;
    const before = queue.ledger().resent;
    const given_up = queue.attach((anomaly) => {
      this.#supervisor?.post("collector", { kind: "anomaly", anomaly });
    });
    control.add("controller_anomalies_resent", queue.ledger().resent - before);
    for (const anomaly of given_up) this.gaveUp(anomaly, "every collector that had it ended");
    for (const followup of this.#followups.splice(0)) this.#followup(followup);
  }

  #followup(followup: Followup): void {
    if (this.#supervisor?.isRunning("collector")) {
      this.#supervisor.post("collector", { kind: "followup", followup });
      return;
    }
    this.#followups.push(followup);
    if (this.#followups.length <= MAX_FOLLOWUPS) return;
    this.#followups.shift();
    this.#parts.control.add("controller_followups_dropped");
  }
}
