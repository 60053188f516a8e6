/**
 * SMB latency over the last minutes, from readings of counters that grow since the agent's start.
 * @module
 */
import type { SmbAnswer } from "../../data_agent.ts";
import { difference, quantile, sumOf } from "./heat.ts";

/** Latency of one command within the window. */
export interface CommandLatency {
  /** SMB2 command. */
  name: string;
  /** Requests. */
  count: number;
  /** Failed ones. */
  errors: number;
  /** In ms; null without requests. */
  p50_ms: number | null;
  /** See `p50_ms`. */
  p95_ms: number | null;
  /** See `p50_ms`. */
  p99_ms: number | null;
  /** By bucket of the bounds. */
  counts: number[];
}

/** What was between two readings, for the chart over time. */
export interface SmbInterval {
  /** Its end, seconds since the epoch. */
  timestamp: number;
  /** Requests per second. */
  rate: number | null;
  /** Failures per second. */
  error_rate: number | null;
  /** Of all commands, in ms; null when there was no request. */
  p50_ms: number | null;
  /** See `p50_ms`. */
  p95_ms: number | null;
  /** See `p50_ms`. */
  p99_ms: number | null;
}

/** Readings kept: five minutes at one every two seconds, with some to spare. */
export const READINGS = 200;

type Totals = Map<string, { counts: number[]; errors: number }>;

/** Sums over servers and shares. */
function byCommand(answer: SmbAnswer): Totals {
  const totals: Totals = new Map();
  for (const { command, counts, errors } of answer.latency) {
    const known = totals.get(command);
    totals.set(command, {
      counts: known === undefined ? [...counts] : sumOf([known.counts, counts]),
      errors: (known?.errors ?? 0) + errors,
    });
  }
  return totals;
}

function grown(now: Totals, before: Totals | undefined): Totals {
  return new Map([...now].map(([command, { counts, errors }]) => {
    const old = before?.get(command) ?? { counts: [], errors: 0 };
    const added = difference(counts, old.counts);
    return [command, { counts: added, errors: Math.max(0, errors - old.errors) }];
  }));
}

/** Whether counters that only grow have become less. */
function hasShrunk(now: Totals, before: Totals): boolean {
  return [...before].some(([command, { counts }]) => {
    const grown = now.get(command)?.counts ?? [];
    return counts.some((count, i) => (grown[i] ?? 0) < count);
  });
}

/** The readings of the last minutes. */
export class SmbWindow {
  #readings: { timestamp: number; totals: Totals }[] = [];
  #bounds_ms: number[] = [];

  /**
   * Takes a reading.
   * @returns what came since the one before; null for the first or one that is not newer
   */
  add(answer: SmbAnswer): SmbInterval | null {
    const last = this.#readings.at(-1);
    if (last !== undefined && answer.timestamp <= last.timestamp) return null;
    if (answer.bounds_ms.join() !== this.#bounds_ms.join()) {
      // Counts by other bounds cannot be compared.
      this.#readings = [];
      this.#bounds_ms = [...answer.bounds_ms];
    }
    const totals = byCommand(answer);
    if (last !== undefined && hasShrunk(totals, last.totals)) {
      // The agent was started again and counts from nothing.
      this.#readings = [{ timestamp: last.timestamp, totals: new Map() }];
    }
    this.#readings.push({ timestamp: answer.timestamp, totals });
    if (this.#readings.length > READINGS) this.#readings.shift();
    const before = this.#readings.at(-2);
    return before === undefined ? null : this.#interval(answer.timestamp, totals, before);
  }

  #interval(
    timestamp: number,
    totals: Totals,
    before: { timestamp: number; totals: Totals },
  ): SmbInterval {
    const added = [...grown(totals, before.totals).values()];
    const counts = sumOf(added.map((command) => command.counts));
    const seconds = timestamp - before.timestamp;
    const requests = counts.reduce((sum, count) => sum + count, 0);
    return {
      timestamp,
      rate: requests / seconds,
      error_rate: added.reduce((sum, { errors }) => sum + errors, 0) / seconds,
      p50_ms: quantile(counts, this.#bounds_ms, 0.5),
      p95_ms: quantile(counts, this.#bounds_ms, 0.95),
      p99_ms: quantile(counts, this.#bounds_ms, 0.99),
    };
  }

  /** Upper bounds of the buckets, in ms. */
  get bounds_ms(): readonly number[] {
    return this.#bounds_ms;
  }

  /** By command, of the last `seconds`; null for all since the agent's start. */
  commands(seconds: number | null): CommandLatency[] {
    const last = this.#readings.at(-1);
    if (last === undefined) return [];
    const from = seconds === null
      ? undefined
      : this.#readings.find(({ timestamp }) => timestamp >= last.timestamp - seconds);
    return [...grown(last.totals, from?.totals)].map(([name, { counts, errors }]) => ({
      name,
      count: counts.reduce((sum, count) => sum + count, 0),
      errors,
      p50_ms: quantile(counts, this.#bounds_ms, 0.5),
      p95_ms: quantile(counts, this.#bounds_ms, 0.95),
      p99_ms: quantile(counts, this.#bounds_ms, 0.99),
      counts,
    })).filter(({ count }) => count > 0);
  }
}
