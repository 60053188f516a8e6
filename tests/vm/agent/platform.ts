/**
 * The platform on a real mount: what the collector of the SMB client and the histograms of SMB requests
 * say is what the workload did and the kernel's client counted; reconnects, and mounts that go and come.
 * @module
 */
import assert from "node:assert/strict";
import { smbCommandName } from "../../../src/config/names/smb_commands.ts";
import { readConnection } from "../support/cifs_stats.ts";
import { killServer, netemDelay, untilItWorks } from "../support/faults.ts";
import { mountShare, unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";
import { apiReady, exposed, type Look, lookWhenQuiet, pointsOf, rowOf } from "./platform_look.ts";

/** Only what reads the SMB client is quick: an emulated processor has enough to do. */
export const PLATFORM = `
collectors: { smb_interval: 0.3, cpu_interval: 3600, memory_interval: 3600, disk_interval: 3600,
  network_interval: 3600, process_interval: 3600 }
api: {}
ebpf: { run_time: always }
`;

const [READ, WRITE] = [8, 9];
const BLOCK = 4096;
const DELAY_MS = 50;

/** Reads or writes of one block that each are one request. */
const reads = (share: string, count: number) =>
  `dd if=/mnt/${share}/figures of=/dev/null iflag=direct bs=${BLOCK} count=${count} 2>/dev/null`;
const writes = (share: string, count: number) =>
  `dd if=/dev/zero of=/mnt/${share}/figures oflag=direct conv=notrunc bs=${BLOCK} count=${count} 2>/dev/null`;

/** Requests of a command between two looks, by the kernel's client, the collector and the histograms. */
function counted(from: Look, to: Look, code: number): [number, number, number] {
  const command = smbCommandName(code);
  const client = ({ client }: Look) => client.commands.get(code)?.count ?? 0;
  const collector = (look: Look) => look.sum(`smb.command.${command}.count_delta`);
  const histograms = ({ smb }: Look) =>
    smb.latency.filter((row) => row.command === command).reduce((sum, row) => sum + row.count, 0);
  return [
    client(to) - client(from),
    collector(to) - collector(from),
    histograms(to) - histograms(from),
  ];
}

/** Every command was counted alike by all three. */
function sameCounts(from: Look, to: Look): void {
  for (const code of to.client.commands.keys()) {
    const [client, collector, histograms] = counted(from, to, code);
    assert.deepEqual([collector, histograms], [client, client], smbCommandName(code));
  }
}

/** A row's buckets, sum and greatest value agree. */
function sound(look: Look, share: string): void {
  const { count, counts, sum_ms, max_ms } = rowOf(look, share, "SMB2_READ");
  const bounds = [0, ...look.smb.bounds_ms, Infinity];
  const weighted = (at: number) => counts.reduce((sum, n, i) => sum + (n && n * bounds[i + at]), 0);
  assert.equal(counts.reduce((sum, n) => sum + n, 0), count);
  assert.ok(weighted(0) <= sum_ms && sum_ms <= weighted(1), JSON.stringify({ counts, sum_ms }));
  const last = counts.findLastIndex((n) => n > 0);
  assert.ok(max_ms !== null && bounds[last] < max_ms && max_ms <= bounds[last + 1]);
  const labels = { server: "127.0.0.1", share, command: "SMB2_READ" };
  const name = "aod_smb_request_duration_seconds";
  assert.equal(exposed(look, `${name}_count`, labels), count);
  look.smb.bounds_ms.forEach((ms, i) => {
    const below = counts.slice(0, i + 1).reduce((sum, n) => sum + n, 0);
    assert.equal(exposed(look, `${name}_bucket`, { ...labels, le: String(ms / 1000) }), below);
  });
  assert.ok(Math.abs(exposed(look, `${name}_sum`, labels) * 1000 - sum_ms) < 1e-3);
}

/** The kernel counted a run of the program that sees a request begin for each of them. */
function programTimes(from: Look, to: Look): void {
  const program = { object: "smb", program: "fe_mid_alloc" };
  const grown = (name: string) => exposed(to, name, program) - exposed(from, name, program);
  const requests = ({ client }: Look) =>
    [...client.commands.values()].reduce((sum, { count }) => sum + count, 0);
  assert.ok(grown("aod_bpf_program_runs_total") >= requests(to) - requests(from));
  assert.ok(grown("aod_bpf_program_run_time_seconds_total") > 0);
  assert.ok(exposed(to, "aod_bpf_counted_seconds_total") > 0);
}

/** Reads and writes of one share, and a server that takes its time. */
async function countsAndTimes(vm: Vm): Promise<Look> {
  const share = "\\\\127.0.0.1\\s";
  await vm.check("dd if=/dev/urandom of=/srv/share/figures bs=4k count=64 2>/dev/null");
  const begin = await lookWhenQuiet(vm);
  await vm.check(`${reads("s", 8)}; ${writes("s", 5)}`);
  const quick = await lookWhenQuiet(vm);
  assert.deepEqual(counted(begin, quick, READ), [8, 8, 8]);
  assert.deepEqual(counted(begin, quick, WRITE), [5, 5, 5]);
  {
    await using _slow = await netemDelay(vm, DELAY_MS);
    await vm.check(reads("s", 16));
  }
  const slow = await lookWhenQuiet(vm);
  assert.deepEqual(counted(quick, slow, READ), [16, 16, 16]);
  sameCounts(begin, slow);
  programTimes(begin, slow);
  sound(slow, share);

  // There and back: none of them can be in a bucket that ends before.
  const [before, after] = [quick, slow].map((look) => rowOf(look, share, "SMB2_READ"));
  const beyond = after.counts.map((n, i) => n - before.counts[i])
    .filter((_, i) => (slow.smb.bounds_ms[i] ?? Infinity) >= 2 * DELAY_MS);
  assert.equal(beyond.reduce((sum, n) => sum + n, 0), 16, JSON.stringify([before, after]));
  assert.ok(after.sum_ms - before.sum_ms >= 16 * 2 * DELAY_MS);

  const key = (name: string) => `smb.share.//127.0.0.1/s.${name}_delta`;
  const bytes = (name: string) => slow.sum(key(name)) - begin.sum(key(name));
  assert.equal(bytes("read_bytes"), 24 * BLOCK);
  assert.equal(bytes("write_bytes"), 5 * BLOCK);
  const requests = ({ client }: Look) => client.shares.get("//127.0.0.1/s")!.requests;
  assert.equal(bytes("requests"), requests(slow) - requests(begin));

  // Times as the client has them: a mean for each sample with requests.
  const counts = await pointsOf(vm, "smb.command.SMB2_READ.count_delta");
  const means = await pointsOf(vm, "smb.command.SMB2_READ.mean_ms");
  const total = [...means].reduce((sum, [at, mean]) => sum + mean * counts.get(at)!, 0);
  const ticks = ({ client }: Look) => client.commands.get(READ)?.ticks ?? 0;
  const expected = (ticks(slow) - ticks(begin)) * slow.client.tick_ms;
  assert.ok(Math.abs(total - expected) < 1e-3 * expected, `${total} ms instead of ${expected}`);
  return slow;
}

/** Gauges and the table of sessions are what DebugData says. */
function sessions(look: Look, shares: string[]): void {
  const { credits } = readConnection(look.debug_data);
  const server = { server: "127.0.0.1" };
  assert.equal(exposed(look, "aod_smb_sessions"), 1);
  assert.equal(exposed(look, "aod_smb_servers"), 1);
  assert.equal(exposed(look, "aod_smb_shares"), shares.length + 1, "IPC$ too");
  assert.equal(exposed(look, "aod_smb_server_credits", server), credits);
  assert.equal(exposed(look, "aod_smb_server_in_flight", server), 0);
  assert.equal(look.smb.in_flight, 0);
  assert.equal(look.smb.sessions.length, 1);
  const [{ address, dialect, credits: told, shares: rows }] = look.smb.sessions;
  assert.deepEqual([address, dialect, told], ["127.0.0.1", "3.1.1", credits]);
  const names = (rows as { share: string; disconnected: boolean }[])
    .map(({ share, disconnected }) => disconnected ? "" : share).sort();
  assert.deepEqual(names, shares);
}

/** A second share comes, goes and comes again: its row goes on, the other's stays as it is. */
async function secondShare(vm: Vm, before: Look): Promise<Look> {
  const [s, t] = ["\\\\127.0.0.1\\s", "\\\\127.0.0.1\\t"];
  await vm.check("dd if=/dev/urandom of=/srv/other/figures bs=4k count=64 2>/dev/null");
  await mountShare(vm, { share: "t" });
  await vm.check(reads("t", 3));
  await unmount(vm, "/mnt/t");
  await mountShare(vm, { share: "t" });
  await vm.check(reads("t", 4));
  const again = await lookWhenQuiet(vm);
  sessions(again, ["//127.0.0.1/s", "//127.0.0.1/t"]);
  assert.equal(rowOf(again, t, "SMB2_READ").count, 7);
  assert.equal(rowOf(again, s, "SMB2_READ").count, rowOf(before, s, "SMB2_READ").count);
  sameCounts(before, again);
  assert.ok(again.least("smb.share.//127.0.0.1/t.requests_delta") >= 0);
  await unmount(vm, "/mnt/t");
  return again;
}

/** smbd is killed and started again: the collector counts the reconnects that the client made. */
async function reconnects(vm: Vm, before: Look): Promise<Look> {
  {
    await using _dead = await killServer(vm);
  }
  await untilItWorks(vm, "cat /mnt/s/figures >/dev/null");
  const after = await lookWhenQuiet(vm);
  const grown = (key: string) => after.sum(key) - before.sum(key);
  const sessions = after.client.session_reconnects - before.client.session_reconnects;
  const shares = after.client.share_reconnects - before.client.share_reconnects;
  const { instance } = readConnection(after.debug_data);
  assert.ok(sessions > 0 && shares > 0, JSON.stringify({ sessions, shares }));
  assert.equal(grown("smb.session_reconnects_delta"), sessions);
  assert.equal(grown("smb.share_reconnects_delta"), shares);
  const was = readConnection(before.debug_data).instance;
  assert.ok(instance > was);
  assert.equal(grown("smb.server.127.0.0.1.reconnects_delta"), instance - was);
  assert.equal(after.smb.sessions[0].reconnects, instance - 1);
  return after;
}

/** The last mount goes and comes: the client's counts begin anew, the agent's go on. */
async function lastMount(vm: Vm, before: Look): Promise<void> {
  await unmount(vm, "/mnt/s");
  const none = await lookWhenQuiet(vm);
  assert.equal(exposed(none, "aod_smb_sessions"), 0);
  assert.deepEqual(none.smb.sessions, []);
  await mountShare(vm);
  await vm.check(reads("s", 6));
  const again = await lookWhenQuiet(vm);
  const [, collector, histograms] = counted(before, again, READ);
  assert.deepEqual([collector, histograms], [6, 6]);
  assert.equal(again.client.commands.get(READ)?.count, 6);
  sessions(again, ["//127.0.0.1/s"]);
  sound(again, "\\\\127.0.0.1\\s");
}

/**
 * All of it; share `s` is mounted, and is again afterwards.
 * @param everything also what does not depend on the kernel
 */
export async function platformFigures(vm: Vm, everything: boolean): Promise<void> {
  await apiReady(vm);
  const slow = await countsAndTimes(vm);
  sessions(slow, ["//127.0.0.1/s"]);
  const before = everything ? await secondShare(vm, slow) : slow;
  const after = await reconnects(vm, before);
  if (everything) await lastMount(vm, after);
}
