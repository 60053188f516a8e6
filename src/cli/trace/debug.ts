/**
 * `aod trace -d`: what is attached, and what happens every second, on stderr.
 * @module
 */
import { type LogCounters, readLogCounters } from "../../probe/event_log/counters.ts";
import type { EventLogProbe } from "../../probe/event_log/load.ts";
import type { LogPump } from "../../sink/pump.ts";

const PERIOD_MS = 1000;

/** Says what became of each program. */
export function describePrograms({ programs, handles }: EventLogProbe): string[] {
  return [
    `ring ${handles.ring_bytes / 1024} KiB, ${handles.possible_cpus} CPUs`,
    ...programs.map(({ name, attached, error }) =>
      `program ${name}: ${attached ? "attached" : `left out: ${error ?? "not needed"}`}`
    ),
  ];
}

/** Prints counts every second until it is ended. */
export function startCounts(
  probe: EventLogProbe,
  pump: LogPump,
  say: (text: string) => void,
): { end(): void } {
  let before = readLogCounters(probe.handles);
  let written = pump.counts.written;
  const timer = setInterval(() => {
    const now = readLogCounters(probe.handles);
    const { counts } = pump;
    say(
      `${difference(before, now)}, written ${counts.written - written}, ` +
        `in the ring ${Math.round(pump.backlog() / 1024)} KiB, sleeps ${counts.sleeps}`,
    );
    before = now;
    written = counts.written;
  }, PERIOD_MS);
  return { end: () => clearInterval(timer) };
}

/** What the kernel side has counted since, without what it has not. */
function difference(before: LogCounters, now: LogCounters): string {
  const names = Object.keys(now) as (keyof LogCounters)[];
  const changed = names
    .map((name) => [name, now[name].total - before[name].total] as const)
    .filter(([name, count]) => count !== 0n || name === "seen")
    .map(([name, count]) => `${name} ${count}`);
  return `per second: ${changed.join(", ")}`;
}
