/**
 * The time that everything built from this commit carries, so that two builds give the same bytes
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 * @module
 */
import { ROOT, run } from "./run.ts";

/** Seconds since the epoch: SOURCE_DATE_EPOCH, else the time of the commit. */
export async function sourceDateEpoch(): Promise<number> {
  const wanted = Deno.env.get("SOURCE_DATE_EPOCH");
  const text = wanted ??
    await run("git", ["-c", `safe.directory=${ROOT.slice(0, -1)}`, "log", "-1", "--format=%ct"]);
  if (!/^\d{1,11}\n?$/.test(text)) {
    throw new Error(`Cannot date the packages: because SOURCE_DATE_EPOCH is "${text}"`);
  }
  return Number(text);
}

/** `2026-11-20`, UTC. */
export function isoDay(epoch_sec: number): string {
  return new Date(epoch_sec * 1000).toISOString().slice(0, 10);
}
