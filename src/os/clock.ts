/**
 * The clocks: CLOCK_MONOTONIC, which the kernel side stamps records with, and wall time, which is
 * made of it once, at the edge.
 * @module
 */
import { check, libc } from "./libc.ts";

const CLOCK_REALTIME = 0; // include/uapi/linux/time.h
const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;

const timespec = new BigInt64Array(2);
const timespecBytes = new Uint8Array(timespec.buffer);

function read(clock: number): bigint {
  check(libc().clock_gettime(clock, timespecBytes), "clock_gettime");
  return timespec[0] * 1_000_000_000n + timespec[1];
}

/** CLOCK_MONOTONIC in ns: the clock of `bpf_ktime_get_ns` and of every record. */
export function monotonicNs(): bigint {
  return read(CLOCK_MONOTONIC);
}

/** CLOCK_BOOTTIME in ns: as CLOCK_MONOTONIC, with the time that the machine has slept. */
export function bootNs(): bigint {
  return read(CLOCK_BOOTTIME);
}

/** CLOCK_REALTIME in ns since 1970 UTC. */
export function wallNs(): bigint {
  return read(CLOCK_REALTIME);
}

/** Reads that are at most so far apart are good enough. */
const OFFSET_WIDTH_NS = 5_000n;
const OFFSET_TRIES = 10;

/**
 * How far wall time is ahead of CLOCK_MONOTONIC now, in ns. It changes when the clock is set, so take
 * it when a time is shown, and use one offset for all times of one output.
 */
export function wallOffsetNs(): bigint {
  let offset = 0n;
  let best = -1n;
  // The middle of two monotonic reads halves the error of being preempted between them; where it took
  // long, as the first calls do, it is done again.
  for (let tries = 0; tries < OFFSET_TRIES && (best < 0n || best > OFFSET_WIDTH_NS); tries++) {
    const before = monotonicNs();
    const wall = wallNs();
    const after = monotonicNs();
    if (best >= 0n && after - before >= best) continue;
    best = after - before;
    offset = wall - (before + after) / 2n;
  }
  return offset;
}

/** Wall-clock ns of a CLOCK_MONOTONIC time, by the offset given or the one of now. */
export function wallOfMonotonic(monotonic_ns: bigint, offset_ns = wallOffsetNs()): bigint {
  return monotonic_ns + offset_ns;
}

/** ISO 8601 UTC with ns, for example `2025-01-31T08:15:00.123456789Z`. */
export function isoOfWallNs(wall_ns: bigint): string {
  const fraction = ((wall_ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (wall_ns - fraction) / 1_000_000_000n;
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${base}.${fraction.toString().padStart(9, "0")}Z`;
}
