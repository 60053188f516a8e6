/**
 * The collectors on this host against what the kernel says by other ways: what a counter grew by lies
 * between what was read closely before and after.
 * @module
 */
import assert from "node:assert/strict";
import { HOST } from "../../../src/collect/collector.ts";
import { cpu } from "../../../src/collect/cpu.ts";
import { disks } from "../../../src/collect/disks.ts";
import { memory } from "../../../src/collect/memory.ts";
import { network } from "../../../src/collect/network.ts";
import { Child } from "../../support/collect/child.ts";
import { pointsOf } from "../../support/collect/fake_host.ts";
import * as truth from "../../support/collect/truth.ts";

const BURN = "for ((i = 0; i < 200000; i++)); do :; done";

Deno.test("cpu: busy time, context switches and forks are those of the kernel", async () => {
  await using child = await Child.bash();
  const collector = cpu.make(HOST);
  let points: Record<string, number> = {};
  const brackets = await truth.bracket(
    truth.procStat,
    () => points = pointsOf(collector.sample()),
    () => child.run(`${BURN}; /bin/true; /bin/true`),
  );
  const within = (key: string, name: string) =>
    truth.assertWithin(key, points[key], brackets, (counters) => counters[name]);
  within("cpu.context_switches_delta", "context_switches");
  within("cpu.forks_delta", "forks");
  assert.ok(points["cpu.forks_delta"] >= 2);
  const cores = Number(new TextDecoder().decode(
    new Deno.Command("getconf", { args: ["_NPROCESSORS_ONLN"] }).outputSync().stdout,
  ));
  assert.equal(points["cpu.cores"], cores);
  // Idle and iowait of a core may fall by a tick.
  const slack = 2 * cores;
  const { before_first: a0, after_first: a1, before_second: b0, after_second: b1 } = brackets;
  const low = 100 * (b0.busy - a1.busy - slack) / (b1.all - a0.all + slack);
  const high = 100 * (b1.busy - a0.busy + slack) / (b0.all - a1.all - slack);
  assert.ok(points["cpu.total"] >= low && points["cpu.total"] <= high, `${low} ${high}`);
});

Deno.test("memory: every value is one that the kernel gives at that moment", () => {
  const collector = memory.make(HOST);
  const names: Record<string, string> = {
    "memory.total": "MemTotal",
    "memory.available": "MemAvailable",
    "memory.free": "MemFree",
    "memory.buffers": "Buffers",
    "memory.cached": "Cached",
    "memory.shared": "Shmem",
    "memory.anonymous": "AnonPages",
    "memory.slab": "Slab",
    "memory.slab_reclaimable": "SReclaimable",
    "memory.swap_total": "SwapTotal",
    "memory.swap_cached": "SwapCached",
  };
  // A busy host changes while it is read: each value has to be seen once while it stood still.
  const open = new Set(Object.keys(names));
  for (let tries = 0; tries < 2000 && open.size > 0; tries++) {
    const before = truth.meminfo();
    const points = pointsOf(collector.sample());
    const after = truth.meminfo();
    for (const key of open) {
      const name = names[key];
      if (before[name] === after[name] && points[key] === before[name]) open.delete(key);
    }
    assert.equal(points["memory.virtual"], points["memory.total"] - points["memory.available"]);
  }
  assert.deepEqual([...open], []);
});

Deno.test("disk: requests and bytes are those of /sys/block, for each disk that ever did anything", async () => {
  const collector = disks.make(HOST);
  const dir = Deno.makeTempDirSync({ prefix: "aod-disk-" });
  try {
    let points: Record<string, number> = {};
    const brackets = await truth.bracket(
      truth.disks,
      () => points = pointsOf(collector.sample()),
      async () => {
        using file = await Deno.open(`${dir}/file`, { write: true, create: true });
        await file.write(crypto.getRandomValues(new Uint8Array(65_536)));
        await file.sync();
      },
    );
    for (const name of truth.namesIn(brackets)) {
      for (const counter of ["reads", "writes", "read_bytes", "write_bytes"]) {
        const key = `disk.${name}.${counter}_delta`;
        truth.assertWithin(key, points[key], brackets, (disks) => disks[name][counter]);
      }
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

/** Connections over loopback, a given number of bytes each way. */
async function talk(connections: number, bytes: number): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (let i = 0; i < connections; i++) {
    const [server, client] = await Promise.all([
      listener.accept(),
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    ]);
    const sent = new Response(server.readable).arrayBuffer();
    for (let left = new Uint8Array(bytes); left.length > 0;) {
      left = left.subarray(await client.write(left));
    }
    await client.closeWrite();
    assert.equal((await sent).byteLength, bytes);
    client.close();
  }
}

Deno.test("network: bytes and packets are those of /sys/class/net; connections are counted", async () => {
  const collector = network.make(HOST);
  let points: Record<string, number> = {};
  const bytes = 300_000;
  const brackets = await truth.bracket(
    truth.interfaces,
    () => points = pointsOf(collector.sample()),
    () => talk(3, bytes),
  );
  for (const name of truth.namesIn(brackets)) {
    for (const counter of ["rx_bytes", "rx_packets", "tx_bytes", "tx_packets"]) {
      const key = `network.${name}.${counter}_delta`;
      truth.assertWithin(key, points[key], brackets, (interfaces) => interfaces[name][counter]);
    }
  }
  assert.ok(points["network.lo.rx_bytes_delta"] >= 3 * bytes);
  assert.ok(points["tcp.active_opens_delta"] >= 3);
  assert.ok(points["tcp.passive_opens_delta"] >= 3);
  assert.ok(points["tcp.out_segments_delta"] >= 3 * 4);
});
