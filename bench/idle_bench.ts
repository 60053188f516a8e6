/**
 * What the agent costs while nothing happens: processor time and memory of the built program over a
 * minute, with the embedded configuration as it is and with the parts that watch SMB alone; and how
 * long the first takes from start to READY, unpacked already. Both have output directories of their own
 * and any free port; they idle beside each other, which neither notices.
 * @module
 */
import { onFreePort, smbPartsOnly, withOutput } from "../tests/support/embedded.ts";
import { DatagramSocket } from "../tests/support/service/datagram.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";
import { median } from "./support/figure.ts";

const AOD = new URL("../aod", import.meta.url).pathname;
/** By then garbage is collected and the agent has given back what only the start needed. */
const SETTLE_MS = 50_000;

/** An agent that has said READY. */
class ReadyAgent implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  ready_ms = NaN;
  #child: Deno.ChildProcess | null = null;

  /** @param text of the configuration, with an output directory that is replaced */
  async start(text: string): Promise<void> {
    using manager = new DatagramSocket(`${this.dir}/notify`);
    const path = `${this.dir}/aod.yaml`;
    Deno.writeTextFileSync(path, withOutput(`${this.dir}/out`, text));
    const begun = performance.now();
    this.#child = new Deno.Command(AOD, {
      args: ["--config", path, "--run-dir", `${this.dir}/run`],
      env: { NOTIFY_SOCKET: `${this.dir}/notify` },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    while (!manager.all().includes("READY=1")) {
      if (performance.now() - begun > 30_000) throw new Error("Cannot measure: no READY in 30 s");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    this.ready_ms = performance.now() - begun;
  }

  /** Nanoseconds that every thread has run so far, by schedstat. */
  cpuNs(): number {
    let sum = 0;
    for (const { name } of Deno.readDirSync(`/proc/${this.#child!.pid}/task`)) {
      const text = Deno.readTextFileSync(`/proc/${this.#child!.pid}/task/${name}/schedstat`);
      sum += Number(text.split(" ")[0]);
    }
    return sum;
  }

  /** Resident MB (2^20 bytes), by kind. */
  residentMb(): { rss: number; anonymous: number; file: number } {
    const status = Deno.readTextFileSync(`/proc/${this.#child!.pid}/status`);
    const mb = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
    return { rss: mb("VmRSS"), anonymous: mb("RssAnon"), file: mb("RssFile") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGTERM");
    await this.#child?.status;
    Deno.removeSync(this.dir, { recursive: true });
  }
}

/** What an idle agent costs. */
function costOf(what: string, agent: ReadyAgent, most: { percent: number; mb: number }) {
  const before = agent.cpuNs();
  const begun = performance.now();
  return (): Figure[] => {
    const wall_ms = performance.now() - begun;
    const { rss, anonymous, file } = agent.residentMb();
    return [
      {
        name: `idle processor time, ${what}`,
        value: (agent.cpuNs() - before) / (wall_ms * 1e4),
        unit: "% of a core",
        target: { at_most: most.percent },
        detail: { seconds: Math.round(wall_ms / 1000) },
      },
      {
        name: `idle RSS, ${what}`,
        value: rss,
        unit: "MB",
        target: { at_most: most.mb },
        detail: { anonymous_mb: anonymous, file_mb: file },
      },
    ];
  };
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const config = new TextDecoder().decode(
    new Deno.Command(AOD, { args: ["config", "default"] }).outputSync().stdout,
  );
  const embedded = onFreePort(config);
  const starts: number[] = [];
  for (let i = 0; i < (quick ? 3 : 10); i++) {
    await using agent = new ReadyAgent();
    await agent.start(embedded);
    // The first start may unpack the program.
    if (i > 0) starts.push(agent.ready_ms);
  }
  await using smb = new ReadyAgent();
  await smb.start(smbPartsOnly(config));
  await using all = new ReadyAgent();
  await all.start(embedded);
  const seconds = quick ? 10 : 60;
  say(`idle: settles for ${SETTLE_MS / 1000} s, then measured for ${seconds} s`);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const costs = [
    costOf("SMB parts only", smb, { percent: 0.2, mb: 90 }),
    costOf("embedded default", all, { percent: 0.5, mb: 110 }),
  ];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return [
    {
      name: "start to READY, unpacked, median",
      value: median(starts),
      unit: "ms",
      target: { at_most: 500 },
      detail: { starts: starts.length, worst_ms: Math.max(...starts) },
    },
    ...costs.flatMap((cost) => cost()),
  ];
}

/** The benchmark, for bench/main.ts. */
export const idleBenchmark: Benchmark = {
  name: "idle",
  about: "start to READY; processor time and memory while nothing happens (without cifs)",
  root: true,
  run,
};
