/**
 * Traps about who asks and when a request ends: issuer, payload of a READ, requests that no
 * tracepoint ends, done twice, compounds, the split of the latency.
 * @module
 */
import assert from "node:assert/strict";
import { netem } from "../support/faults.ts";
import { type Dump, observe } from "../support/guest_probe.ts";
import type { Vm } from "../support/vm.ts";
import { assertLedger, EVERYTHING, has, requests } from "./dump.ts";

/** ioctl CIFS_IOC_NOTIFY (fs/smb/client/cifs_ioctl.h): waits until the directory changes. */
const NOTIFY = "import fcntl,os; fcntl.ioctl(os.open('/mnt/s', os.O_RDONLY), 0x4005cf09, " +
  "b'\\xff\\x01\\0\\0\\0')";

/** 1 MB takes half a second on the way back, so that header and payload are told apart. */
const RATE = "rate 16mbit";
const BIG_READ = "echo 3 >/proc/sys/vm/drop_caches; " +
  "dd if=/mnt/s/big of=/dev/null iflag=direct bs=1M count=1 2>/dev/null";
const PAYLOAD_NS = 400_000_000n;

/** Requests that /proc/fs/cifs/Stats counts for the first connection, by command code. */
function countsOf(stats: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [, code, count] of stats.matchAll(/^ {2}(\d+)\s+(\d+)\t/gm)) {
    if (!counts.has(Number(code))) counts.set(Number(code), Number(count));
  }
  return counts;
}

async function everyKindOfEnd(vm: Vm): Promise<{ dump: Dump; stats: string }> {
  let stats = "";
  const dump = await observe(
    vm,
    { rules: EVERYTHING, probe: { hook_mode: "fentry" } },
    async () => {
      await vm.check("echo 0 >/proc/fs/cifs/Stats; mkdir /mnt/s/dir; echo text >/mnt/s/dir/file");
      await vm.check("dd if=/dev/zero of=/mnt/s/big bs=1M count=1 oflag=direct 2>/dev/null");
      await vm.run("ls /mnt/s/not-there");
      const notify = await vm.start(`exec python3.11 -c "${NOTIFY}"`);
      await vm.check("sleep 1.5");
      await notify.kill("KILL");
      await notify.wait();
      {
        await using _slow = await netem(vm, RATE);
        await vm.check(BIG_READ);
      }
      await vm.check("sleep 0.5");
      stats = await vm.check("cat /proc/fs/cifs/Stats");
    },
  );
  return { dump, stats };
}

/** The steps; needs a mount of `s` with `closetimeo=0,echo_interval=1`. */
export async function endTraps(t: Deno.TestContext, vm: Vm): Promise<void> {
  const { dump, stats } = await everyKindOfEnd(vm);
  const mine = (command: string) => requests(dump, command);

  await t.step("1: READ and WRITE are their issuer's, not cifsd's", () => {
    const io = [...mine("SMB2_READ"), ...mine("SMB2_WRITE")].filter((r) => r.bytes === 1 << 20);
    assert.equal(io.length, 2);
    for (const request of io) {
      assert.equal(request.comm, "dd");
      assert.equal(request.name, "big");
    }
  });

  await t.step("2: a READ ends with its payload", () => {
    const [read] = mine("SMB2_READ").filter((r) => r.bytes === 1 << 20);
    assert.ok(read.latency_ns > PAYLOAD_NS, `${read.latency_ns} ns`);
  });

  await t.step("3: ECHO, a killed CHANGE_NOTIFY and the tail of a failed compound end", () => {
    const echoes = mine("SMB2_ECHO");
    assert.ok(echoes.length > 0);
    for (const echo of echoes) assert.ok(has(echo, "STATUS_VALID") && echo.status === 0);
    // It waits by design, so only the recorder has it.
    const [notify] = requests(dump, "SMB2_CHANGE_NOTIFY", "recorder");
    assert.ok(has(notify, "DROPPED") && !has(notify, "FAILED"));
    const missing = dump.records.filter((r) => r.name === "not-there");
    assert.ok(missing.length > 1);
    const tail = missing.slice(1).filter((r) => has(r, "DROPPED"));
    assert.equal(tail.length, missing.length - 1);
    assert.equal(dump.in_flight, 0);
  });

  await t.step("3: every request that the client counts is there, each once", () => {
    const counted = new Map<number, number>();
    for (const r of dump.recorder) {
      if (r.connection_id !== 1n) continue;
      counted.set(r.command, (counted.get(r.command) ?? 0) + 1);
    }
    for (const [command, count] of countsOf(stats)) {
      const seen = counted.get(command) ?? 0;
      // An ECHO may come between the figures and the end.
      if (command === 13) assert.ok(seen >= count);
      else assert.equal(seen, count, `command ${command}`);
    }
    assertLedger(dump);
  });

  await t.step("8: compounds are marked, on all their parts and on nothing else", () => {
    const [head] = dump.records.filter((r) => r.name === "not-there");
    assert.ok(has(head, "COMPOUNDED"));
    for (const single of [...mine("SMB2_WRITE"), ...mine("SMB2_ECHO")]) {
      assert.equal(has(single, "COMPOUNDED"), false);
    }
  });

  await t.step("9: time on the wire is told from time before and after", () => {
    const [read] = mine("SMB2_READ").filter((r) => r.bytes === 1 << 20);
    assert.ok(has(read, "SPLIT_VALID"));
    assert.ok(read.wire_us > 400_000, `${read.wire_us} us`);
    assert.ok(read.wire_us > 4 * (read.queue_us + read.wake_us));
  });

  await t.step("12: nothing of older records shows through", () => {
    assert.equal(dump.dirty, 0);
    assert.ok(dump.records.length > 20);
  });

  await t.step("2, 3, 6: what the tracepoints alone can tell, said as such", async () => {
    const raw = await observe(
      vm,
      { rules: EVERYTHING, probe: { hook_mode: "raw_tp" } },
      async () => {
        await using _slow = await netem(vm, RATE);
        await vm.check(BIG_READ);
        await vm.run("ls /mnt/s/not-there; ls -l /mnt/s/dir >/dev/null; sleep 1.2");
      },
    );
    assert.equal(raw.mode, "raw_tp");
    assert.ok(raw.records.every((r) => has(r, "RAW_MODE")));
    assert.deepEqual(requests(raw, "SMB2_ECHO"), []);
    const longest = requests(raw, "SMB2_READ").map((r) => r.latency_ns).sort().at(-1);
    assert.ok(longest !== undefined && longest < PAYLOAD_NS);
    const ids = raw.records.map((r) => r.message_id);
    assert.equal(new Set(ids).size, ids.length);
    // 6.12 ends some requests twice.
    assert.equal((raw.counters.DUPLICATE ?? 0) > 0, vm.kernel === "6.12");
    assert.equal(raw.counters.NO_START, 0);
    assertLedger(raw);
  });
}
