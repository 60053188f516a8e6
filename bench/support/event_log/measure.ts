/**
 * One measurement: a workload with or without a tool that logs it.
 * @module
 */
import { type RunningTool, settled, type Tool } from "./tool.ts";
import { Work, type WorkResult } from "./work.ts";

/** A workload and what is logged of it. */
export interface Load {
  /** Arguments of work.c. */
  work: (string | number)[];
  /** The calls that tools are asked for. */
  calls: string[];
}

/** What came of it. */
export interface Measured {
  work: WorkResult;
  /** The tool's processor time for the workload, in seconds. */
  cpu_sec: number;
  events: number;
  lost: number | null;
  /** Most resident bytes of the tool, where they were asked for. */
  rss_bytes: number;
}

/** Nanoseconds a call. */
export function nsPerCall({ calls, wall_ns }: WorkResult): number {
  return wall_ns / calls;
}

/** Runs a workload alone. */
export async function bare({ work }: Load): Promise<WorkResult> {
  await using running = await Work.start(...work);
  return await running.run();
}

/** Runs a workload with a tool beside it. */
export async function logged(load: Load, tool: Tool): Promise<Measured> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  try {
    const running = await tool.start({ calls: load.calls, dir });
    try {
      return await runLogged(load, running);
    } catch (error) {
      await running.stop().catch(() => {});
      throw error;
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

async function runLogged(load: Load, tool: RunningTool): Promise<Measured> {
  await using running = await Work.start(...load.work);
  await tool.attach(running.pid);
  const before = tool.cpuSec();
  let rss_bytes = 0;
  const sampler = setInterval(() => rss_bytes = Math.max(rss_bytes, tool.rssBytes()), 100);
  let work: WorkResult;
  try {
    work = await running.run();
    await settled(tool);
  } finally {
    clearInterval(sampler);
  }
  const cpu_sec = tool.cpuSec() - before;
  return { work, cpu_sec, rss_bytes, ...await tool.stop() };
}
