/**
 * What the running agent tells of itself: run time of its BPF programs, and every part in `/stats`, in
 * the series and in the Prometheus text, at which promtool looks.
 * @module
 */
import assert from "node:assert/strict";
import type { SelfStats } from "../../../src/api/self_stats.ts";
import { SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";
import { readExposition } from "../../support/api/exposition.ts";
import { prometheusPrograms } from "../../support/api/prometheus.ts";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { platformConfig, QUICK, TestApi } from "../../support/service/platform.ts";

const CONFIG = platformConfig(`${QUICK}
history: { enabled: true, flush_interval: 1 }
ebpf: { enable_exec_monitor: true, run_time: always }
budget: { rss_mb: 0, cpu_percent: 0 }`);
const LOOK = { AOD_TEST_BUDGET_MS: "100" };
const RECORDS = 1000;
const FAST = {
  count: RECORDS,
  flags: PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS,
  command: SMB_COMMANDS.SMB2_READ,
  latency_ms: 1,
};

function selfOf(stats: Record<string, unknown>): SelfStats {
  return stats.self as SelfStats;
}

/** A program of the producer, which counts its runs as those of a probe do. */
function producerOf({ bpf }: SelfStats) {
  return bpf.programs.find(({ object, program }) => object === "producer" && program === "produce");
}

async function promtool(text: string): Promise<void> {
  const { promtool } = await prometheusPrograms();
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(promtool, { args: ["check", "metrics"], ...pipes }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert.deepEqual([code, decoder.decode(stdout) + decoder.decode(stderr)], [0, ""]);
}

Deno.test("run time of BPF programs and the work of every part are metrics of the agent", async () => {
  await using agent = new TestAgent({ producer: true, config: CONFIG, env: LOOK });
  await agent.ready();
  const api = await TestApi.of(agent);
  // Counting begins with the first question.
  await api.jsonThat("/stats", (stats) => producerOf(selfOf(stats)) !== undefined);
  await agent.produce(FAST);
  const stats = await api.jsonThat("/stats", (answer) => {
    const self = selfOf(answer);
    return (producerOf(self)?.run_count ?? 0) > 0 && (self.history?.written ?? 0) > 0 &&
      (self.detection?.observed ?? 0) > 0;
  });
  const { bpf, subscribers, detection, history, rss_bytes } = selfOf(stats);
  assert.deepEqual([bpf.counting, bpf.reason], ["always", null]);
  assert.ok(bpf.counted_sec > 0 && rss_bytes > 0);
  const produce = producerOf(selfOf(stats));
  assert.ok(produce !== undefined && produce.run_time_ns > RECORDS, "a ns a record at least");
  assert.ok(bpf.programs.some(({ program }) => program === "exec_exec"));
  assert.deepEqual(subscribers.map(({ name }) => name), ["stream_processor"]);
  assert.ok(subscribers[0].delivered > 0);
  assert.ok(detection !== null && detection.keys > 0);
  assert.ok(history !== null && history.flushes > 0);

  const keys = [
    ...["aod.bpf.producer.produce.cpu_percent", "aod.bpf.producer.produce.run_us"],
    ...["aod.cpu_percent", "aod.rss_bytes", "aod.bus_events_delta", "aod.history_bytes"],
    ...["aod.api_requests_delta", "aod.smb_records_delta", "aod.detection_points_delta"],
  ];
  await api.jsonThat("/metrics/realtime", ({ metrics }) => {
    return keys.every((key) => key in (metrics as Record<string, unknown>));
  });

  const text = await (await api.fetch("/metrics")).text();
  await promtool(text);
  const families = new Set(readExposition(text).map(({ name }) => name));
  for (
    const name of [
      ...["aod_controller_up", "aod_component_up", "aod_smb_kernel_records_total"],
      ...["aod_smb_records_total", "aod_smb_records_waiting", "aod_violations_total"],
      ...["aod_bus_delivered_total", "aod_bus_dropped_total", "aod_detection_outcomes_total"],
      ...["aod_history_points_total", "aod_history_flushes_total", "aod_history_size_bytes"],
      ...["aod_api_requests_total", "aod_api_streams", "aod_tracer_events_total"],
      ...["aod_bpf_counted_seconds_total", "aod_bpf_program_runs_total", "aod_budget_shed"],
      ...["process_cpu_seconds_total", "process_resident_memory_bytes"],
    ]
  ) assert.ok(families.has(name), name);
  const runTime =
    /^aod_bpf_program_run_time_seconds_total\{object="producer",program="produce"\} (\S+)$/m;
  assert.ok(Number(runTime.exec(text)?.[1]) > RECORDS / 1e9);

  const snapshot = await api.fetch("/snapshot", { method: "POST" });
  assert.equal(snapshot.status, 201);
  await snapshot.body?.cancel();
  // The main thread's answer is a second old at most.
  const ran = /^aod_action_runs_total\{action="mounts"\} [1-9]/m;
  let after = "";
  for (let tries = 0; !ran.test(after); tries++) {
    assert.ok(tries < 200, after);
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    after = await (await api.fetch("/metrics")).text();
  }
  await promtool(after);
  assert.match(after, /^aod_action_failures_total\{action="mounts"\} 0$/m);
  assert.match(after, /^aod_collector_sealed_total 1$/m);
});
