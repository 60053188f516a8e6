/** The kernel's part of the ledger adds up to the event, also where the ring is too small. @module */
import assert from "node:assert/strict";
import {
  type LogCounters,
  readGaps,
  readLogCounters,
} from "../../../src/probe/event_log/counters.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { RingReader } from "../../../src/bpf/ring.ts";
import { LOG_GAP_OFFSET, LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { typesOf } from "../../support/event_log/known_calls.ts";
import "../../support/libraries.ts";

const WRITES = 20_000;

function add(counters: LogCounters): void {
  const { seen, emitted, filtered, own, drop_ring_full, drop_scratch } = counters;
  for (let cpu = 0; cpu < seen.per_cpu.length; cpu++) {
    const parts = [emitted, filtered, own, drop_ring_full, drop_scratch];
    const sum = parts.reduce((total, { per_cpu }) => total + per_cpu[cpu], 0n);
    assert.equal(seen.per_cpu[cpu], sum, `CPU ${cpu}`);
  }
}

/** A process that waits for a line and then makes `WRITES` reads and as many writes of one byte. */
function writer(): { pid: number; go: () => Promise<void> } {
  const script = `read word; exec dd if=/dev/zero of=/dev/null bs=1 count=${WRITES} status=none`;
  const child = new Deno.Command("/bin/sh", { args: ["-c", script], stdin: "piped" }).spawn();
  return {
    pid: child.pid,
    go: async () => {
      const pipe = child.stdin.getWriter();
      await pipe.write(new Uint8Array([10]));
      await pipe.close();
      assert.ok((await child.status).success);
    },
  };
}

/** What is in the ring, by type; `gaps`: events that gap records tell of. */
function counted(ring: RingReader): { events: number; paths: number; gaps: bigint } {
  const counts = { events: 0, paths: 0, gaps: 0n };
  ring.walk((offset) => {
    const type = ring.data.getUint16(offset, true);
    if (type === LOG_TYPE.PATH) counts.paths++;
    else if (type !== LOG_TYPE.GAP) counts.events++;
    else counts.gaps += ring.data.getBigUint64(offset + LOG_GAP_OFFSET.events, true);
  }, Infinity);
  return counts;
}

Deno.test("with room for all of them every event is in the ring", async () => {
  const { pid, go } = writer();
  const probe = loadEventLog({
    types: typesOf("WRITE"),
    filters: { pids: [pid] },
    ring_bytes: 1 << 23,
    leave_out_self: true,
  });
  const ring = new RingReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  try {
    await go();
    probe.setTypes(new Set());
    const counts = counted(ring);
    const counters = readLogCounters(probe.handles);
    add(counters);
    assert.equal(counters.drop_ring_full.total, 0n);
    // The agent's own descendants are left out whenever they began.
    assert.equal(counts.events, 0);
    assert.ok(counters.own.total >= BigInt(WRITES));
  } finally {
    ring.close();
    probe.close();
  }
});

Deno.test("a ring that is too small: emitted and lost make the number, and gaps tell of each lost one", async () => {
  const { pid, go } = writer();
  const probe = loadEventLog({
    types: typesOf("WRITE"),
    filters: { pids: [pid] },
    ring_bytes: 1 << 16,
    leave_out_self: false,
  });
  const ring = new RingReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  try {
    await go();
    probe.setTypes(new Set());
    const full = counted(ring);
    const between = readLogCounters(probe.handles);
    add(between);
    assert.equal(between.emitted.total + between.drop_ring_full.total, BigInt(WRITES));
    assert.equal(Number(between.emitted.total), full.events);
    assert.ok(between.drop_ring_full.total > 0n);
    const open = readGaps(probe.handles).reduce((sum, { events }) => sum + events, 0n);
    assert.equal(open + full.gaps, between.drop_ring_full.total);
    for (const { events, first_ns, last_ns } of readGaps(probe.handles)) {
      assert.ok(events > 0n && first_ns > 0n && first_ns <= last_ns);
    }

    // The next events of those CPUs are preceded by what was lost.
    const cpus = readGaps(probe.handles).map(({ cpu }) => cpu);
    probe.setFilters(typesOf("WRITE"), {});
    for (const cpu of cpus) {
      const args = ["-c", String(cpu), "sh", "-c", "echo x"];
      assert.ok((await new Deno.Command("taskset", { args }).output()).success);
    }
    const after = counted(ring);
    assert.deepEqual(readGaps(probe.handles), []);
    assert.equal(full.gaps + after.gaps, between.drop_ring_full.total);
    assert.equal(readLogCounters(probe.handles).drop_ring_full.total, between.drop_ring_full.total);
  } finally {
    ring.close();
    probe.close();
  }
});

Deno.test({
  name: "calls by the 32-bit table are counted, not taken for others of the same number",
  ignore: Deno.build.arch !== "x86_64",
  fn: async () => {
    // 3 is read in that table and close in the other.
    const source = `int main(void) {
      for (int i = 0; i < 300; i++) { long n = 3; __asm__ volatile("int $0x80" : "+a"(n) : "b"(-1)); }
      return 0;
    }`;
    const directory = Deno.makeTempDirSync({ prefix: "aod-compat-" });
    try {
      Deno.writeTextFileSync(`${directory}/compat.c`, source);
      const args = ["-O1", "-o", `${directory}/compat`, `${directory}/compat.c`];
      assert.ok((await new Deno.Command("gcc", { args }).output()).success);
      const probe = loadEventLog({
        types: typesOf("CLOSE"),
        filters: { comm: "compat" },
        ring_bytes: 1 << 16,
        leave_out_self: false,
      });
      try {
        assert.ok((await new Deno.Command(`${directory}/compat`).output()).success);
        probe.setTypes(new Set());
        const { compat, emitted } = readLogCounters(probe.handles);
        assert.ok(compat.total >= 300n, String(compat.total));
        assert.ok(emitted.total < 300n, "the dynamic linker's own");
      } finally {
        probe.close();
      }
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
