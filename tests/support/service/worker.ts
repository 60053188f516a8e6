/**
 * A worker that behaves as a test wants: AOD_TEST_<ROLE> is `behaviour:after_ms:generations`, the
 * behaviour one of throw, spin, exit, deaf (does not drain); it misbehaves in its first
 * `generations` lives only. A watcher with AOD_TEST_ANOMALIES fires that many; a collector accepts
 * and "seals" what it gets.
 * @module
 */
import { setThreadName } from "../../../src/os/process.ts";
import { ControlBlock } from "../../../src/service/control.ts";
import type { FromWorker, ToWorker, WorkerRole } from "../../../src/service/messages.ts";
import { snapshotAnomaly } from "../../../src/service/snapshot.ts";
import { threadName } from "../../../src/service/threads.ts";

const role = self.name as WorkerRole;
const [behaviour = "", after = "0", lives = "1000"] =
  (Deno.env.get(`AOD_TEST_${role.toUpperCase()}`) ?? "").split(":");

/** The worker's side of the global scope: `self` is typed as a window. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};
let control: ControlBlock;
let generation = 0;
let beating: ReturnType<typeof setInterval> | undefined;

setThreadName(threadName(role));
scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "start":
      control = ControlBlock.attach(data.control);
      generation = control.generation(role);
      beating = setInterval(() => control.beat(role), 100);
      scope.postMessage({ kind: "ready" });
      if (generation <= Number(lives)) setTimeout(misbehave, Number(after));
      if (role === "watcher" && generation === 1) {
        const count = Number(Deno.env.get("AOD_TEST_ANOMALIES") ?? "0");
        for (let i = 0; i < count; i++) {
          const id = String(1_700_000_000_000_000_000n + BigInt(i));
          const anomaly = snapshotAnomaly(id, data.config);
          Object.assign(anomaly, { name: "slow", type: "latency", reason: "count", count: 12 + i });
          scope.postMessage({ kind: "anomaly", anomaly });
        }
      }
      return;
    case "anomaly": {
      const { id } = data.anomaly;
      if (behaviour === "poison" && generation <= Number(lives)) throw new Error("poisoned");
      scope.postMessage({ kind: "accepted", id });
      control.add("collector_accepted");
      setTimeout(() => {
        const path = `/test/aod_quick_${id}.tar.zst`;
        scope.postMessage({ kind: "sealed", id, path, bytes: 1000, verdict: "unclear: a test" });
      }, 20);
      return;
    }
    case "config":
      scope.postMessage({
        kind: "log",
        level: "INFO",
        text: `watch_interval_sec is ${data.config.watch_interval_sec}`,
      });
      return;
    case "drain":
      if (behaviour === "deaf") return;
      clearInterval(beating);
      scope.postMessage({ kind: "stopped" });
      return;
  }
};

function misbehave(): void {
  switch (behaviour) {
    case "throw":
      throw new Error("as the test asked");
    case "exit":
      return scope.close();
    case "spin":
      for (;;);
  }
}
