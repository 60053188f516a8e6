/**
 * From the end of a slow READ to the watcher's decision on a real CIFS mount, in the test VM: what the
 * detect-latency benchmark measures with a producer, through the real hooks, but on an emulated
 * processor that the server, the client and the collector share.
 * @module
 */
import { makeOutputDirectory, startAgent } from "../tests/vm/support/agent.ts";
import { aodFile } from "../tests/vm/support/aod.ts";
import { textOf } from "../tests/vm/support/bundle.ts";
import { netemDelay } from "../tests/vm/support/faults.ts";
import { bootVm } from "../tests/vm/support/vm.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";

/** Every slow request fires on its own. */
const CONFIG = `
aod_output_dir: /var/log/aod
cleanup: { min_free_mb: 1 }
collector: { requests_before_sec: 1, requests_after_sec: 0 }
guardian:
  anomalies:
    slow:
      type: latency
      tool: smbslower
      acceptable_count: 1
      cooldown_sec: 0
      default_threshold_ms: 80
      mode: trackonly
      track_commands: [SMB2_READ]
      actions: [mounts]
`;
const DELAY_MS = 50;
/** Lets a collection end before the next trial. */
const GAP_SEC = 1.5;

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const trials = quick ? 8 : 40;
  const files = await aodFile();
  const mount = "actimeo=0,cache=none";
  await using vm = await bootVm({ kernel: "6.12", files, mount, memoryMb: 1536 });
  await makeOutputDirectory(vm);
  await vm.check("dd if=/dev/zero of=/mnt/s/f bs=4k count=1 2>/dev/null");
  await using agent = await startAgent(vm, CONFIG);
  await agent.logged(/probe attached by/);
  say(`  ${trials} slow READs`);
  {
    await using _slow = await netemDelay(vm, DELAY_MS);
    const one = "dd if=/mnt/s/f of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null";
    await vm.check(`for i in $(seq ${trials}); do ${one}; sleep ${GAP_SEC}; done`, {
      timeoutMs: trials * 10_000,
    });
  }
  const delays = (await agent.settled()).map((bundle) =>
    Number(JSON.parse(textOf(bundle, "anomaly.json")).detection_delay_ms)
  ).sort((a, b) => a - b);
  const detail = { trials, detected: delays.length, best_ms: delays[0] };
  return [0.5, 0.99].map((q) => ({
    name: `end of a slow READ to detection, p${q * 100}`,
    value: quantileOf(delays, q),
    unit: "ms",
    detail,
  }));
}

/** Detection in the VM. */
export const vmDetectBenchmark: Benchmark = {
  name: "vm-detect",
  about: "request end to detection on a real mount (emulated guest)",
  root: true,
  run,
};
