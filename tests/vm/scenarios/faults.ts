/**
 * The fault table: what is done to server and network, and what the bundle must say of it.
 * @module
 */
import assert from "node:assert/strict";
import {
  deniedFile,
  failReads,
  failWrites,
  type Fault,
  killServer,
  killServerChildren,
  netemDelay,
  serverToClientDelay,
  slowFlush,
  slowReads,
  untilItWorks,
} from "../support/faults.ts";
import { textOf } from "../support/bundle.ts";
import { mountShare, unmount } from "../support/mounts.ts";
import { SMB_PASSWORD, SMB_USER } from "../support/packages.ts";
import type { Vm } from "../support/vm.ts";
import { ON_SHARE, type Scenario, type Trouble } from "./scenario.ts";
import { FLUSH, type Load, load, READ, WRITE } from "./workload.ts";

/** A fault, and requests that meet it. */
function under(make: (vm: Vm) => Promise<Fault>, command: string, size?: Load) {
  return async (vm: Vm): Promise<Trouble> => {
    const { undo } = await make(vm);
    return { pids: await load(vm, command, size), undo };
  };
}

/** Failing commands, and what has to be cleaned up. */
function failing(before: (vm: Vm) => Promise<string>, after: string, size?: Load) {
  return async (vm: Vm): Promise<Trouble> => {
    const pids = await load(vm, await before(vm), size);
    return { pids, undo: async () => void await vm.check(after) };
  };
}

const mountCommand = (share: string, password: string, options = "") =>
  `mount.cifs //127.0.0.1/${share} /mnt/t -o user=${SMB_USER},pass=${password},vers=3.1.1${options}`;

const DD_ON_DATA = { ...ON_SHARE, name: "data", comm: "dd" };

/** Trouble that leaves the connection whole. */
export const FAULTS: readonly Scenario[] = [
  {
    name: "latency on everything",
    wanted: { anomaly: "latency", reason: "count" },
    verdict: "network",
    line: /round trip takes/,
    trouble: under((vm) => netemDelay(vm, 50), READ),
    offender: { ...DD_ON_DATA, command: "SMB2_READ", status: "STATUS_SUCCESS" },
    check: (bundle) => assert.match(textOf(bundle, "ss.log"), /rtt:\d{2,3}\.\d+\//),
  },
  {
    name: "latency from the server only",
    wanted: { anomaly: "latency", reason: "count" },
    verdict: "network",
    line: /round trip takes/,
    trouble: under((vm) => serverToClientDelay(vm, 80), READ),
    offender: { ...DD_ON_DATA, status: "STATUS_SUCCESS" },
  },
  {
    name: "slow READ",
    wanted: { anomaly: "latency", reason: "count" },
    verdict: "server_slow",
    line: /SMB2_READ/,
    trouble: under((vm) => slowReads(vm, 300), READ, { processes: 8, rounds: 2 }),
    offender: { ...DD_ON_DATA, command: "SMB2_READ", status: "STATUS_SUCCESS" },
  },
  {
    name: "a READ of more than a second",
    wanted: { anomaly: "latency", reason: "hung" },
    verdict: "server_slow",
    line: /SMB2_READ/,
    trouble: under((vm) => slowReads(vm, 1500), READ, { processes: 1, rounds: 1 }),
    offender: { ...DD_ON_DATA, command: "SMB2_READ", status: null, in_flight: true },
  },
  {
    name: "slow FLUSH",
    wanted: { anomaly: "latency", reason: "count" },
    verdict: "server_slow",
    line: /SMB2_FLUSH/,
    trouble: under((vm) => slowFlush(vm, 300), FLUSH, { processes: 6, rounds: 2 }),
    offender: { ...ON_SHARE, comm: "dd", command: "SMB2_FLUSH", status: "STATUS_SUCCESS" },
  },
  {
    name: "READ that fails",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "server_error",
    line: /SMB2_READ/,
    trouble: under((vm) => failReads(vm), READ),
    offender: {
      ...DD_ON_DATA,
      command: "SMB2_READ",
      status: "STATUS_IO_DEVICE_ERROR",
      error: "EIO",
    },
  },
  {
    name: "WRITE that fails",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "server_error",
    line: /SMB2_WRITE/,
    trouble: under((vm) => failWrites(vm), WRITE),
    offender: {
      ...ON_SHARE,
      comm: "dd",
      command: "SMB2_WRITE",
      status: "STATUS_IO_DEVICE_ERROR",
      error: "EIO",
    },
  },
  {
    name: "a file that is refused",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "auth",
    line: /refuses access/,
    trouble: failing(async (vm) => `cat ${await deniedFile(vm)}`, "umount /mnt/u"),
    offender: {
      ...{ server: "127.0.0.1", share: "\\\\127.0.0.1\\u", mount: ["/mnt/u"] },
      ...{ name: "denied", comm: "cat", command: "SMB2_CREATE" },
      ...{ status: "STATUS_ACCESS_DENIED", error: "EACCES" },
    },
  },
  {
    name: "a bad password",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "auth",
    line: /refuses the logon/,
    trouble: failing(
      () => Promise.resolve(mountCommand("t", "wrong", ",nosharesock")),
      "true",
      { processes: 12, rounds: 1 },
    ),
    offender: {
      ...{ server: "127.0.0.1", share: "", comm: "mount.cifs", command: "SMB2_SESSION_SETUP" },
      status: "STATUS_LOGON_FAILURE",
    },
  },
  {
    name: "a share that is not there",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "auth",
    line: /no such share/,
    trouble: failing(
      () => Promise.resolve(mountCommand("nosuchshare", SMB_PASSWORD)),
      "true",
      { processes: 12, rounds: 1 },
    ),
    offender: {
      ...{ server: "127.0.0.1", comm: "mount.cifs", command: "SMB2_TREE_CONNECT" },
      ...{ status: "STATUS_BAD_NETWORK_NAME", name: "\\\\127.0.0.1\\nosuchshare" },
    },
  },
  {
    name: "a full disk",
    wanted: { anomaly: "error", reason: "count" },
    verdict: "disk_full",
    line: /full/,
    trouble: failing(
      async (vm) => {
        await mountShare(vm, { share: "small" });
        await vm.check("dd if=/dev/zero of=/srv/small/full bs=4k 2>/dev/null; true");
        return "dd if=/dev/zero of=/mnt/small/more bs=4k count=1 oflag=direct";
      },
      "umount /mnt/small; rm /srv/small/*",
    ),
    offender: {
      ...{ server: "127.0.0.1", share: "\\\\127.0.0.1\\small", mount: ["/mnt/small"] },
      ...{ name: "more", comm: "dd", command: "SMB2_WRITE" },
      ...{ status: "STATUS_DISK_FULL", error: "ENOSPC" },
    },
  },
];

/** Trouble that costs the connection; last, since the client's counters remember it for a minute. */
export const LOST_CONNECTIONS: readonly Scenario[] = [
  {
    name: "the server's children die",
    wanted: { anomaly: "reconnect", reason: "count" },
    verdict: "server_gone",
    line: /connection to the server was lost/,
    trouble: async (vm) => {
      await killServerChildren(vm);
      await untilItWorks(vm, `${READ} 2>/dev/null`);
      return { pids: null, undo: () => Promise.resolve() };
    },
    offender: { type: "reconnect", server: "127.0.0.1", comm: "cifsd" },
  },
  {
    name: "the server dies",
    wanted: { anomaly: "reconnect", reason: "count" },
    verdict: "server_gone",
    line: /connection to the server was lost/,
    trouble: async (vm) => {
      const { undo } = await killServer(vm);
      const reader = await vm.start(READ);
      return {
        pids: null,
        undo: async () => {
          await undo();
          await reader.wait();
          await untilItWorks(vm, `${READ} 2>/dev/null`);
        },
      };
    },
    offender: { type: "reconnect", server: "127.0.0.1" },
    check: (bundle) => {
      assert.match(
        bundle.readme,
        /no TCP connection to port 445|connections wait to be made again/,
      );
    },
  },
];

/** Unmounts what a scenario that failed half-way may have left. */
export async function cleanUp(vm: Vm): Promise<void> {
  for (const target of ["/mnt/t", "/mnt/u", "/mnt/small"]) {
    if ((await vm.run(`mountpoint -q ${target}`)).code === 0) await unmount(vm, target, true);
  }
}
