/**
 * Runs every check; one that throws is a finding, not the end.
 * @module
 */
import type { Check, DoctorContext, Finding } from "./check.ts";

/** A finding with the check it came from. */
export interface NamedFinding extends Finding {
  /** Name of the check. */
  check: string;
}

/** Every check's findings, in order. */
export async function examine(
  checks: readonly Check[],
  context: DoctorContext,
): Promise<NamedFinding[]> {
  const all: NamedFinding[] = [];
  for (const check of checks) {
    for (const finding of await run(check, context)) all.push({ check: check.name, ...finding });
  }
  return all;
}

async function run(check: Check, context: DoctorContext): Promise<Finding[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ status: "warn", text: `Cannot check: because ${reason}`, remedy: "" }];
  }
}
