/**
 * The event log as a controller has it.
 * @module
 */
import { LOG_ALERT, type Syslog } from "../../os/syslog.ts";
import type { AuditSwitch } from "../audit_switch.ts";
import type { ControlBlock } from "../control.ts";
import type { Logger } from "../log.ts";
import type { ControllerParts } from "../parts.ts";
import type { Router } from "../router.ts";
import { countThreads } from "../threads.ts";
import { EventLogPart } from "./part.ts";
import { EVENT_LOG_ROLE } from "./supervision.ts";

/** The event log of a controller. */
export function makeEventLog(from: {
  control: ControlBlock;
  parts: ControllerParts;
  log: Logger;
  syslog: Syslog;
  audit: AuditSwitch;
  router: Router;
}): EventLogPart {
  const { control, parts, log, syslog, audit, router } = from;
  return new EventLogPart({
    control,
    spawn: parts.spawn,
    load: parts.loadEventLog,
    supervision: parts.supervision,
    threads: countThreads,
    log: (level, text) => log.log(level, EVENT_LOG_ROLE, text),
    alert: (text) => syslog.log(LOG_ALERT, `AOD ${text}`),
    audit: (event, fields) => audit.write(event, fields),
    onRestarted: (role, reason) => router.restarted(role, reason),
  });
}
