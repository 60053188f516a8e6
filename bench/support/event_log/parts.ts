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
  name: string;
  run_time_ns: number;
  run_cnt: number;
}

/** Programs of the event log as `bpftool prog show` has them; null where it is not installed. */
function statistics(): ProgramStats[] | null {
  try {
    const { stdout } = new Deno.Command("bpftool", { args: ["-j", "prog", "show"] }).outputSync();
    const programs = JSON.parse(new TextDecoder().decode(stdout)) as Partial<ProgramStats>[];
    return programs.flatMap(({ name, run_time_ns, run_cnt }) =>
      name !== undefined && name.startsWith("log_") && run_cnt !== undefined && run_cnt > 0
        ? [{ name, run_time_ns: run_time_ns ?? 0, run_cnt }]
        : []
    );
  } catch {
    return null;
  }
}

/** Figures of the programs that ran for a workload; none where the statistics cannot be had. */
export async function partsOf(args: string[], work: (string | number)[]): Promise<Figure[]> {
  const before = Deno.readTextFileSync(SWITCH);
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  try {
    Deno.writeTextFileSync(SWITCH, "1");
    const trace = await AodTrace.start(dir, args);
    try {
      await using running = await Work.start(...work);
      await trace.attach(running.pid);
      const { calls } = await running.run();
      return (statistics() ?? []).filter(({ run_cnt }) => run_cnt > calls / 100).map((program) => ({
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
