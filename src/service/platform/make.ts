/**
 * The platform as a controller has it.
 * @module
 */
import type { RunPaths } from "../../os/paths.ts";
import { LOG_ALERT, type Syslog } from "../../os/syslog.ts";
import type { AuditSwitch } from "../audit_switch.ts";
import type { ControlBlock } from "../control.ts";
import type { Logger } from "../log.ts";
import type { ControllerParts } from "../parts.ts";
import type { Router } from "../router.ts";
import type { ControlCommand, ControlResponse } from "../socket/protocol.ts";
import { countThreads } from "../threads.ts";
import { PLATFORM_ROLE, PlatformPart } from "./part.ts";

/** The platform of a controller. */
export function makePlatform(from: {
  control: ControlBlock;
  parts: ControllerParts;
  log: Logger;
  syslog: Syslog;
  audit: AuditSwitch;
  router: Router;
  paths: RunPaths;
  command: (command: ControlCommand) => Promise<ControlResponse>;
}): PlatformPart {
  const { control, parts, log, syslog, audit, router, paths, command } = from;
  const part = new PlatformPart({
    control,
    spawn: parts.spawn,
    supervision: parts.supervision,
    pace: parts.pace,
    threads: countThreads,
    paths,
    command,
    log: (level, text) => log.log(level, PLATFORM_ROLE, text),
    relay: (message) => router.received(PLATFORM_ROLE, message),
    alert: (text) => syslog.log(LOG_ALERT, `AOD ${text}`),
    audit: (event, fields) => audit.write(event, fields),
    onRestarted: (role, reason) => router.restarted(role, reason),
  });
  // What SMB detection finds is in the audit trail.
  audit.onEntry = (event, fields) => part.notice(event, fields);
  return part;
}
