/**
 * What a call's cost is made of: each BPF program by the kernel's statistics
 * (kernel.bpf_stats_enabled), which cost some 20 ns a program themselves and are in its time.
 * @module
 */
import type { Figure } from "../figure.ts";
import { AodTrace } from "./aod.ts";
import { Work } from "./work.ts";

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

interface ProgramStats {
  id: number;
  name: string;
  run_time_ns: number;
  run_cnt: number;
}

/** Programs of the event log as `bpftool prog show` has them; null where it is not installed. */
function statistics(): ProgramStats[] | null {
  try {
    const { stdout } = new Deno.Command("bpftool", { args: ["-j", "prog", "show"] }).outputSync();
    const programs = JSON.parse(new TextDecoder().decode(stdout)) as Partial<ProgramStats>[];
    return programs.flatMap(({ id, name, run_time_ns, run_cnt }) =>
      id !== undefined && name !== undefined && name.startsWith("log_")
        ? [{ id, name, run_time_ns: run_time_ns ?? 0, run_cnt: run_cnt ?? 0 }]
        : []
    );
  } catch {
    return null;
  }
}

/** Event logs that are at work already: every call of the machine pays for them too. */
export function otherLogs(): number {
  return statistics()?.filter(({ name }) => name === "log_enter").length ?? 0;
}

/** Figures of the programs that ran for a workload; none where the statistics cannot be had. */
export async function partsOf(args: string[], work: (string | number)[]): Promise<Figure[]> {
  const before = Deno.readTextFileSync(SWITCH);
  const others = new Set(statistics()?.map(({ id }) => id));
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  try {
    Deno.writeTextFileSync(SWITCH, "1");
    const trace = await AodTrace.start(dir, args);
    try {
      await using running = await Work.start(...work);
      await trace.attach(running.pid);
      const { calls } = await running.run();
      const own = statistics()?.filter(({ id, run_cnt }) =>
        !others.has(id) && run_cnt > calls / 100
      );
      return (own ?? []).map((program) => ({
        name: `part: BPF program ${program.name}`,
        value: program.run_time_ns / program.run_cnt,
        unit: "ns",
        detail: { runs: program.run_cnt },
      }));
    } finally {
      await trace.stop();
    }
  } finally {
    Deno.writeTextFileSync(SWITCH, before);
    Deno.removeSync(dir, { recursive: true });
  }
}
