/**
 * `/readyz`: which of the parts that are wanted work.
 * @module
 */
import type { Readiness } from "../../api/data_agent.ts";
import type { PlatformFault } from "./messages.ts";

/** Parts by name; one works where neither it nor anything of it (`collector cpu`) has a fault. */
export function readiness(wanted: readonly string[], faults: readonly PlatformFault[]): Readiness {
  const parts = wanted.map((name) => {
    const fault = faults.find(({ part }) => part === name || part.startsWith(`${name} `));
    return { name, ok: fault === undefined, reason: fault?.reason ?? null };
  });
  return { ready: parts.every(({ ok }) => ok), parts };
}
