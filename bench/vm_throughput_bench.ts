/**
 * What the agent costs a workload: small reads, small writes and metadata on a real CIFS mount, with
 * and without ./aod in the same boot of the test VM, in alternating rounds. The configuration is the
 * embedded one with the parts that watch SMB alone: what it costs to measure the host besides is no
 * cost of a request (bench: idle, collectors).
 *
 * A pair is a round with and one without, next to each other, and every second pair is the other way
 * round, so that drift cancels. The guest is emulated, and its clock counts instructions (1 ns each,
 * one processor): what the BPF programs, the agent's own threads and the work itself execute. Other
 * work of the host changes nothing of it; what a real processor saves or loses by its caches is not
 * in it.
 * @module
 */
import { smbPartsOnly } from "../tests/support/embedded.ts";
import { type Agent, makeOutputDirectory, startAgent } from "../tests/vm/support/agent.ts";
import { aodFile } from "../tests/vm/support/aod.ts";
import { bootVm, type Vm } from "../tests/vm/support/vm.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";
import { type Interval, interval } from "./support/paired.ts";

const SCRIPT = "/usr/local/bin/throughput.py";
const KINDS = ["read", "write", "metadata"] as const;
type Kind = typeof KINDS[number];
/** Operations and nanoseconds of each slice. */
type Slices = Record<Kind, [number, number][]>;
/** Microseconds per operation. */
type Round = Record<Kind, number>;
/** Rounds next to each other, and the agent's share of a processor in its one. */
interface Pair {
  bare: Round;
  aod: Round;
  agent_percent: number;
  /** Bundles made meanwhile: the agent was collecting then, not watching. */
  bundles: number;
}

/**
 * After the probe is attached: half a minute after the start each thread collects what the start has
 * left, a tenth of a second's work that takes an emulated processor ten.
 */
const SETTLE_SEC = 50;
const SLICE_SEC = 0.25;

async function slices(vm: Vm, count: number): Promise<Slices> {
  const command = `exec python3 ${SCRIPT} /mnt/s ${count} ${SLICE_SEC}`;
  return JSON.parse(await vm.check(command, { timeoutMs: count * 20_000 + 60_000 }));
}

/** The median over the slices: what the guest itself does now and then is in one or two of them. */
async function round(vm: Vm, count: number): Promise<Round> {
  const all = await slices(vm, count);
  const cost = (kind: Kind) => median(all[kind].map(([operations, ns]) => ns / operations / 1000));
  return { read: cost("read"), write: cost("write"), metadata: cost("metadata") };
}

async function start(vm: Vm): Promise<Agent> {
  const agent = await startAgent(vm, smbPartsOnly());
  await agent.logged(/probe attached by/);
  await vm.check(`sleep ${SETTLE_SEC}`, { timeoutMs: 2 * SETTLE_SEC * 1000 });
  return agent;
}

/** A round with the agent at work, and what the agent's threads took of a processor meanwhile. */
async function watched(vm: Vm, count: number): Promise<{ aod: Round; agent_percent: number }> {
  const cpu = async () => {
    const text = await vm.check("cat /proc/$(cat /run/aod/aod.lock)/task/*/schedstat");
    return text.trim().split("\n").reduce((sum, line) => sum + Number(line.split(" ")[0]), 0);
  };
  const clock = async () => Number((await vm.check("cut -d' ' -f1 /proc/uptime")).trim()) * 1e9;
  const [before, begun] = [await cpu(), await clock()];
  const aod = await round(vm, count);
  return { aod, agent_percent: 100 * (await cpu() - before) / (await clock() - begun) };
}

/** What one round, not one of the pairs, tells of the requests. */
interface Calibration {
  /** Requests per operation, as the kernel side counts them. */
  requests: Round;
  /** Microseconds that a request spends in BPF programs, by the kernel's own statistics. */
  bpf_us: number;
}

async function calibrate(vm: Vm, agent: Agent): Promise<Calibration> {
  const seen = async () => JSON.parse(await agent.aod("status --json")).ledger.kernel.seen;
  const inPrograms = async () => {
    const programs: { run_time_ns?: number }[] = JSON.parse(await vm.check("bpftool -j prog show"));
    return programs.reduce((sum, { run_time_ns = 0 }) => sum + run_time_ns, 0);
  };
  const statistics = "/proc/sys/kernel/bpf_stats_enabled";
  await vm.check(`echo 1 >${statistics}`);
  const [before, beforeNs] = [await seen(), await inPrograms()];
  const all = await slices(vm, 2);
  const [requests, ns] = [await seen() - before, await inPrograms() - beforeNs];
  await vm.check(`echo 0 >${statistics}`);
  const operations = (kind: Kind) => all[kind].reduce((sum, [n]) => sum + n, 0);
  // A read and a write are one request each; what is left is metadata's.
  const rest = requests - operations("read") - operations("write");
  const metadata = Math.max(1, Math.round(rest / operations("metadata")));
  return { requests: { read: 1, write: 1, metadata }, bpf_us: ns / requests / 1000 };
}

function figuresOf(kind: Kind, rounds: Pair[], requests: number): Figure[] {
  const percent = interval(rounds.map(({ bare, aod }) => (aod[kind] / bare[kind] - 1) * 100));
  const added = interval(rounds.map(({ bare, aod }) => (aod[kind] - bare[kind]) / requests));
  const bare = rounds.reduce((sum, r) => sum + r.bare[kind], 0) / rounds.length;
  const detail = ({ low, high, n }: Interval) => ({ low_95: low, high_95: high, pairs: n });
  return [
    {
      name: `${kind}: time per operation added`,
      value: percent.mean,
      unit: "%",
      target: { at_most: 3 },
      detail: detail(percent),
    },
    {
      name: `${kind}: added per request`,
      value: added.mean,
      unit: "us",
      detail: { ...detail(added), requests_per_operation: requests },
    },
    { name: `${kind}: operations without aod`, value: 1e6 / bare, unit: "1/s" },
  ];
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const pairs = quick ? 2 : 5;
  const count = quick ? 4 : 12;
  const script = new URL("../tests/vm/support/guest/throughput.py", import.meta.url).pathname;
  await using vm = await bootVm({
    kernel: "6.12",
    files: { ...await aodFile(), [SCRIPT]: script },
    mount: "actimeo=0,closetimeo=0,cache=none",
    memoryMb: 1536,
    instructionShift: 0,
  });
  await makeOutputDirectory(vm);
  let agent = await start(vm);
  const { requests, bpf_us } = await calibrate(vm, agent);
  const all: Pair[] = [];
  while (all.length < pairs) {
    let bare: Round;
    let busy: { aod: Round; agent_percent: number };
    let bundles: number;
    if (all.length % 2 === 0) {
      busy = await watched(vm, count);
      bundles = (await agent.settled()).length;
      await agent.stop();
      bare = await round(vm, count);
    } else {
      bare = await round(vm, count);
      agent = await start(vm);
      busy = await watched(vm, count);
      bundles = (await agent.settled()).length;
    }
    const { aod, agent_percent } = busy;
    all.push({ bare, aod, agent_percent, bundles });
    const line = KINDS.map((k) => `${k} ${bare[k].toFixed(1)} -> ${aod[k].toFixed(1)} us`);
    say(
      `  pair ${all.length}: ${line.join(", ")}; agent ${agent_percent.toFixed(1)} % of the ` +
        `processor, ${bundles} bundles`,
    );
  }
  await agent.stop();
  return [
    ...KINDS.flatMap((kind) => figuresOf(kind, all, requests[kind])),
    {
      name: "the agent's own threads during its rounds",
      value: all.reduce((sum, { agent_percent }) => sum + agent_percent, 0) / all.length,
      unit: "% of a core",
    },
    { name: "of a request, in BPF programs (kernel's statistics)", value: bpf_us, unit: "us" },
    {
      name: "bundles made during the pairs",
      value: all.reduce((sum, { bundles }) => sum + bundles, 0),
      unit: "",
    },
  ];
}

/** Cost to a workload. */
export const vmThroughputBenchmark: Benchmark = {
  name: "vm-throughput",
  about: "SMB operations with and without aod, same boot, alternating (emulated guest, 6.12)",
  root: true,
  run,
};
