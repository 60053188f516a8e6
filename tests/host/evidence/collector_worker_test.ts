/**
 * The collector's thread by its messages.
 * @module
 */
import assert from "node:assert/strict";
import { readBundle, verifyBundle } from "../../../src/evidence/bundle_read.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import { spawnWorker } from "../../../src/os/worker.ts";
import { ControlBlock } from "../../../src/service/control.ts";
import type { FromWorker, ToWorker } from "../../../src/service/messages.ts";
import { type StuckChild, StuckChildren } from "../../../src/evidence/stuck.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import type { Config } from "../../../src/config/types.ts";
import { anomalyNow, builtin, command, configOf } from "../../support/evidence.ts";
import { withDir, withFrozen } from "../../support/evidence_host.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

/** A collector's thread with everything it has said. */
class Thread {
  readonly control = ControlBlock.create();
  readonly said: FromWorker[] = [];
  readonly #worker = spawnWorker("collector");
  #wake = () => {};

  constructor(config: Config, stuck: readonly StuckChild[] = []) {
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      this.said.push(event.data);
      this.#wake();
    };
    const queue = EventQueue.create(16).buffer;
    this.post({
      kind: "start",
      config,
      probe: null,
      queue,
      replaced_queues: [],
      stuck,
      control: this.control.buffer,
    });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** The first message that fits, waiting for it. */
  async until<K extends FromWorker["kind"]>(
    kind: K,
    fits: (message: Extract<FromWorker, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<FromWorker, { kind: K }>> {
    for (;;) {
      for (const message of this.said) {
        if (message.kind === kind && fits(message as Extract<FromWorker, { kind: K }>)) {
          return message as Extract<FromWorker, { kind: K }>;
        }
      }
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`waited for ${kind}; said: ${JSON.stringify(this.said)}`));
        }, 20_000);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  async stop(): Promise<void> {
    this.post({ kind: "drain" });
    await this.until("stopped");
    this.#worker.terminate();
  }
}

Deno.test("an anomaly is accepted, collected, sealed and counted; then the thread drains", async () => {
  await withDir(async (dir) => {
    const thread = new Thread(configOf(dir, [builtin("mounts"), command("no", ["false"])]));
    await thread.until("ready");
    const anomaly = anomalyNow();
    thread.post({ kind: "anomaly", anomaly });
    const sealed = await thread.until("sealed");
    assert.equal(sealed.id, anomaly.id);
    assert.deepEqual((await verifyBundle(sealed.path)).faults, []);
    const order = thread.said.map((message) => message.kind);
    assert.ok(order.indexOf("accepted") < order.indexOf("sealed"));
    const actions = thread.said.flatMap((m) => m.kind === "audit" ? [m.fields] : []);
    assert.deepEqual(actions.map((a) => a.name).sort(), [
      "debugdata",
      "mounts",
      "no",
      "ss",
      "stats",
    ]);
    assert.equal(actions.find((a) => a.name === "no")?.status, "failed");
    const { texts } = await readBundle(sealed.path, { texts: ["manifest.json"] });
    const { ledger } = JSON.parse(texts.get("manifest.json") ?? "");
    assert.equal(ledger.collector.accepted, 1);
    const followup = {
      ...{ id: anomaly.id, name: anomaly.name, type: anomaly.type, reason: anomaly.reason },
      ...{ count: 3, worst_latency_ns: 1n, last_end_ns: 2n },
    };
    thread.post({ kind: "followup", followup });
    await thread.stop();
    assert.equal(
      JSON.parse(Deno.readTextFileSync(`${dir}/batches/${anomaly.id}.followup.json`)).count,
      3,
    );
    const { control } = thread;
    assert.deepEqual(
      [control.get("collector_accepted"), control.get("collector_sealed")],
      [1, 1],
    );
    assert.equal(control.get("collector_followups"), 1);
    assert.equal(control.get("collector_actions_run"), 5);
    assert.equal(control.get("collector_active"), 0);
    assert.equal(control.summary("collector_sealed_ms").count, 1);
  });
});

Deno.test("a start message that comes while the thread still loads is not lost", async () => {
  await withDir(async (dir) => {
    const url = new URL("../../support/early_message_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: dir });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const said = await new Promise<string>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => resolve(data.kind);
      timer = setTimeout(() => resolve("nothing"), 20_000);
    });
    clearTimeout(timer);
    worker.terminate();
    assert.equal(said, "ready");
  });
});

Deno.test("a drain in the middle seals what is there", async () => {
  await withDir(async (dir) => {
    const slow = command("slow", ["sleep", "31416.3"], { timeout_sec: 100 });
    const thread = new Thread(configOf(dir, [slow]));
    await thread.until("ready");
    const anomaly = anomalyNow();
    thread.post({ kind: "anomaly", anomaly });
    await thread.until("accepted");
    await thread.stop();
    const { path } = await thread.until("sealed");
    const { texts } = await readBundle(path, { texts: ["manifest.json"] });
    assert.equal(JSON.parse(texts.get("manifest.json") ?? "").status, "cut_short");
  });
});

Deno.test("a reload that makes room ends a pause", async () => {
  await withDir(async (dir) => {
    const config = configOf(dir, []);
    config.cleanup.min_free_mb = 1e9;
    const thread = new Thread(config);
    await thread.until("ready");
    // The retries take seconds by design; a usable configuration ends them.
    thread.post({ kind: "anomaly", anomaly: anomalyNow() });
    await thread.until("log", (message) => /trying again/.test(message.text));
    thread.post({ kind: "config", config: configOf(dir, []) });
    const { path } = await thread.until("sealed");
    assert.deepEqual((await verifyBundle(path)).faults, []);
    await thread.stop();
  });
});

Deno.test("a collector that takes another's place does not start again what is still stuck", async () => {
  await withDir(async (dir) => {
    await withFrozen(dir, async (frozen, thaw) => {
      const argv = ["dd", "if=/dev/zero", `of=${frozen}/x`, "bs=1", "count=1"];
      const config = configOf(`${dir}/output`, [command("stuck", argv, { timeout_sec: 0.2 })]);
      const statusOf = async (thread: Thread) => {
        thread.post({ kind: "anomaly", anomaly: anomalyNow() });
        await thread.until("sealed");
        const action = await thread.until("audit", (m) => m.fields.name === "stuck");
        return action.fields.status;
      };
      const first = new Thread(config);
      await first.until("ready");
      assert.equal(await statusOf(first), "abandoned");
      const { child } = await first.until("stuck");
      assert.equal(child.action, "stuck");
      await first.stop();
      const second = new Thread(config, [child]);
      await second.until("ready");
      assert.equal(await statusOf(second), "skipped");
      await second.stop();
      thaw();
      for (let left = 100; new StuckChildren([child]).has("stuck"); left--) {
        assert.ok(left > 0, "the child is still there");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const third = new Thread(config, [child]);
      await third.until("ready");
      assert.equal(await statusOf(third), "ok");
      await third.stop();
    });
  });
});
