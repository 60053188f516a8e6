/**
 * This machine, as the checks see it.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Config } from "../../config/types.ts";
import { findProgram } from "../../evidence/programs.ts";
import { effectiveUid } from "../../os/process.ts";
import { reasonOf } from "../../os/reason.ts";
import { loadEventLog } from "../../probe/event_log/load.ts";
import { loadSmbProbe, ProbeError } from "../../probe/smb/load.ts";
import { kernelSettings } from "../event_log/plan.ts";
import type { DoctorContext, ProbeTrial } from "./check.ts";

/** The real machine with a configuration. */
export function doctorContext(config: Config): DoctorContext {
  return {
    config,
    uid: effectiveUid(),
    kernel: Deno.osRelease(),
    read,
    exists,
    tryEventLog: () => tryEventLog(config),
    tryProbe: () => Promise.resolve(tryProbe(config)),
    findProgram,
  };
}

/** Loads, attaches and closes the probe; a running agent is not disturbed. */
function tryProbe({ probe }: Config): ProbeTrial {
  try {
    const { handles, programs, fallback_reason, close } = loadSmbProbe({ probe });
    close();
    return { mode: handles.mode, programs, fallback_reason };
  } catch (error) {
    const code = error instanceof ProbeError ? error.reason : "unknown";
    return { error: error instanceof Error ? error.message : String(error), code };
  }
}

/** The programs are attached and closed before they log anything. */
function tryEventLog({ event_log }: Config): { missing: string[] } | { error: string } {
  try {
    const settings = kernelSettings(event_log);
    const probe = loadEventLog({ ...settings, leave_out_self: true, paused: true });
    probe.close();
    return { missing: probe.programs.flatMap(({ error }) => error === undefined ? [] : [error]) };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
