/**
 * A workload alone and with aod in turns, then with each peer: what each adds to a call.
 * @module
 */
import { type Figure, median } from "../figure.ts";
import { bare, type Load, logged, type Measured, nsPerCall } from "./measure.ts";
import { otherLogs } from "./parts.ts";
import { peers } from "./peers.ts";
import type { Tool } from "./tool.ts";
import { niceness, type WorkResult } from "./work.ts";

/** What to compare. */
export interface Comparison {
  /** The workload of so many calls. */
  load: (calls: number) => Load;
  calls: number;
  /** Calls for a peer that is too slow for as many. */
  peerCalls: Record<string, number>;
  tool: Tool;
  pairs: number;
  peerRuns: number;
  say: (text: string) => void;
}

/** One tool's measurements. */
export interface Series {
  name: string;
  runs: Measured[];
  /** Nanoseconds that it adds to a call, run by run. */
  added: number[];
}

/** Everything measured. */
export interface Compared {
  calls: number;
  /** The workload alone. */
  bare: WorkResult[];
  aod: Series;
  peers: Series[];
  /** Other event logs at work meanwhile. */
  other_logs: number;
}

/** Bounds for aod's figures. */
export interface Bounds {
  added_ns: number;
  cpu_sec_per_million?: number;
  /** By name of the peer: how many times less aod must add. */
  ratios: Record<string, number>;
}

async function pairsWith(
  tool: Tool,
  load: Load,
  pairs: number,
  alone: WorkResult[],
): Promise<Series> {
  const series: Series = { name: tool.name, runs: [], added: [] };
  for (let i = 0; i < pairs; i++) {
    // In turns, so that what changes slowly is on both sides.
    const before = i % 2 === 0 ? await bare(load) : null;
    const measured = await logged(load, tool);
    const without = before ?? await bare(load);
    alone.push(without);
    series.runs.push(measured);
    series.added.push(nsPerCall(measured.work) - nsPerCall(without));
  }
  return series;
}

/** Measures all of it. */
export async function compare(options: Comparison): Promise<Compared> {
  const { load, calls, peerCalls, tool, pairs, peerRuns, say } = options;
  const alone: WorkResult[] = [];
  const others = otherLogs();
  if (others > 0) say(`  ${others} other event logs are at work: they disturb the figures`);
  const aod = await pairsWith(tool, load(calls), pairs, alone);
  say(
    `  ${tool.name}: ${median(alone.map(nsPerCall)).toFixed(0)} + ${
      median(aod.added).toFixed(0)
    } ns`,
  );
  const series: Series[] = [];
  for (const peer of peers(say)) {
    try {
      const one = await pairsWith(peer, load(peerCalls[peer.name] ?? calls), peerRuns, []);
      say(`  ${peer.name}: + ${median(one.added).toFixed(0)} ns`);
      series.push(one);
    } catch (error) {
      // The others are worth their figures all the same.
      say(`  ${peer.name} failed: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { calls, bare: alone, aod, peers: series, other_logs: others };
}

/** Share of the events of a run that are in the output, in percent. */
export function captured({ events, work }: Measured): number {
  // The loader's calls before the work are in the output too.
  return Math.min(100, events * 100 / work.calls);
}

function seriesFigures(
  { name, runs, added }: Series,
  alone_cpu_ns: number,
  bounds: Bounds | null,
): Figure[] {
  const sorted = [...added].sort((a, b) => a - b);
  const perMillion = runs.map(({ cpu_sec, events }) => cpu_sec * 1e6 / events);
  const cpuBound = bounds?.cpu_sec_per_million;
  return [
    {
      name: `${name}: added to a call`,
      value: median(added),
      unit: "ns",
      ...bounds === null ? {} : { target: { at_most: bounds.added_ns } },
      detail: {
        runs: runs.length,
        least_ns: sorted[0],
        most_ns: sorted[sorted.length - 1],
        calls: runs[0].work.calls,
        preempted: median(runs.map(({ work }) => work.preempted)),
        nice: niceness(),
      },
    },
    {
      name: `${name}: added to a call's own processor time`,
      value: median(runs.map(({ work }) => work.cpu_ns / work.calls)) - alone_cpu_ns,
      unit: "ns",
    },
    {
      name: `${name}: processor time per million events`,
      value: median(perMillion),
      unit: "s",
      ...cpuBound === undefined ? {} : { target: { at_most: cpuBound } },
    },
    {
      name: `${name}: captured`,
      value: median(runs.map(captured)),
      unit: "%",
      ...bounds === null ? {} : { target: { at_least: 100 } },
      detail: { lost_by_its_own_count: runs.reduce((sum, { lost }) => sum + (lost ?? 0), 0) },
    },
  ];
}

/** The figures; those of aod with their bounds. */
export function figuresOf(
  { bare, aod, peers: others, other_logs }: Compared,
  bounds: Bounds,
): Figure[] {
  const alone = median(bare.map(({ cpu_ns, calls }) => cpu_ns / calls));
  const ratios = others.flatMap(({ name, added }): Figure[] => [{
    name: `${name} adds, times what aod adds`,
    value: median(added) / median(aod.added),
    unit: "",
    ...bounds.ratios[name] === undefined ? {} : { target: { at_least: bounds.ratios[name] } },
  }]);
  return [
    {
      name: "a call alone",
      value: median(bare.map(nsPerCall)),
      unit: "ns",
      detail: { runs: bare.length, processor_time_ns: alone, other_logs },
    },
    ...seriesFigures(aod, alone, bounds),
    ...others.flatMap((series) => seriesFigures(series, alone, null)),
    ...ratios,
  ];
}
