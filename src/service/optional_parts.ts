/**
 * The parts that an agent may have beside watching SMB: the kernel event log and the platform. Each has
 * a worker and a supervision of its own.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { RunPaths } from "../os/paths.ts";
import type { Syslog } from "../os/syslog.ts";
import type { AuditSwitch } from "./audit_switch.ts";
import type { ControlBlock } from "./control.ts";
import { makeEventLog } from "./event_log/make.ts";
import type { EventLogPart } from "./event_log/part.ts";
import type { EventLogStatus } from "./event_log/status.ts";
import type { Logger } from "./log.ts";
import type { ControllerParts } from "./parts.ts";
import { makePlatform } from "./platform/make.ts";
import type { PlatformPart } from "./platform/part.ts";
import type { PlatformStatus } from "./platform/status.ts";
import type { Router } from "./router.ts";
import type { ControlCommand, ControlResponse } from "./socket/protocol.ts";
import type { ComponentStatus } from "./supervisor_options.ts";

/** What they have of the agent. */
export interface OptionalPartsOptions {
  /** Heartbeats and counts. */
  control: ControlBlock;
  /** What starts workers and loads programs. */
  parts: ControllerParts;
  /** Log on stderr. */
  log: Logger;
  /** System log. */
  syslog: Syslog;
  /** Audit trail. */
  audit: AuditSwitch;
  /** Tells of restarts. */
  router: Router;
  /** Sockets. */
  paths: RunPaths;
  /** Does what the control socket is asked. */
  command: (command: ControlCommand) => Promise<ControlResponse>;
}

/** Both, as one. */
export class OptionalParts {
  /** The monitoring platform. */
  readonly platform: PlatformPart;
  readonly #eventLog: EventLogPart;

  /** All off. */
  constructor(options: OptionalPartsOptions) {
    this.#eventLog = makeEventLog(options);
    this.platform = makePlatform(options);
  }

  /** Puts a configuration in force, in the background. */
  apply(config: Config): void {
    this.#eventLog.apply(config);
    this.platform.apply(config);
  }

  /** To be called about once a second. */
  tick(now: number): void {
    this.#eventLog.tick(now);
    this.platform.tick();
  }

  /** Their workers, of those that are on. */
  components(): ComponentStatus[] {
    return [...this.#eventLog.components(), ...this.platform.components()];
  }

  /** Their sections of the agent's status. */
  status(): { event_log: EventLogStatus; platform: PlatformStatus } {
    return { event_log: this.#eventLog.status(), platform: this.platform.status() };
  }

  /** Ends them; each drains. */
  async stop(): Promise<void> {
    await Promise.all([this.#eventLog.stop(), this.platform.stop()]);
  }
}
