/**
 * Limits as the BPF programs compare with them.
 * @module
 */

const NEVER = 0xffff_ffff_ffff_ffffn;

/** Nanoseconds of a limit in ms; all ones where there is none (Infinity). */
export function limitNs(limit_ms: number): bigint {
  if (!Number.isFinite(limit_ms)) return NEVER;
  return BigInt(Math.max(0, Math.round(limit_ms * 1e6)));
}
