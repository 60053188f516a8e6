/**
 * Real trouble in the guest. Each fault that lasts is undone when its handle is disposed:
 *
 * ```ts
 * await using _delay = await netemDelay(vm, 50); // a round trip takes 100 ms
 * ```
 * @module
 */
import { mountShare, tryMount, unmount, waitForSamba } from "./mounts.ts";
import type { CommandResult, Vm } from "./vm.ts";

/** A fault in force. */
export interface Fault extends AsyncDisposable {
  /** Ends the fault; safe to call twice. */
  undo(): Promise<void>;
}

function fault(end: () => Promise<unknown>): Fault {
  let ended: Promise<void> | undefined;
  const undo = () => ended ??= end().then(() => {});
  return { undo, [Symbol.asyncDispose]: undo };
}

/** Any netem discipline on the loopback, for what goes both ways. */
export async function netem(vm: Vm, discipline: string): Promise<Fault> {
  await vm.check(`tc qdisc add dev lo root netem ${discipline}`);
  return fault(() => vm.check("tc qdisc del dev lo root"));
}

/** Every packet waits `ms`: a round trip takes twice that. */
export function netemDelay(vm: Vm, ms: number): Promise<Fault> {
  return netem(vm, `delay ${ms}ms`);
}

/** Only what the server sends waits `ms`. */
export async function serverToClientDelay(vm: Vm, ms: number): Promise<Fault> {
  const [map, match] = ["0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "match ip sport 445 0xffff"];
  await vm.check(
    `tc qdisc add dev lo root handle 1: prio bands 4 priomap ${map} &&` +
      ` tc qdisc add dev lo parent 1:4 handle 40: netem delay ${ms}ms &&` +
      ` tc filter add dev lo parent 1: protocol ip u32 ${match} flowid 1:4`,
  );
  return fault(() => vm.check("tc qdisc del dev lo root"));
}

/** Lets strace change a system call of every smbd (`delay_enter=300000` in us, `error=EIO`). */
export async function injectIntoServer(vm: Vm, syscall: string, effect: string): Promise<Fault> {
  const tracer = await vm.start(
    `exec strace -f -qq -o /dev/null $(printf -- '-p %s ' $(pidof smbd)) ` +
      `-e trace=${syscall} -e inject=${syscall}:${effect}`,
  );
  // Attached when every smbd has a tracer.
  await vm.check(
    "for i in $(seq 250); do untraced=0; for p in $(pidof smbd); do " +
      "grep -q 'TracerPid:.0$' /proc/$p/status && untraced=1; done; " +
      "[ $untraced = 0 ] && exit 0; usleep 20000; done; exit 1",
  );
  return fault(async () => {
    await tracer.kill("INT");
    await tracer.wait();
  });
}

/** Each READ of the server takes `ms` longer. */
export function slowReads(vm: Vm, ms: number): Promise<Fault> {
  return injectIntoServer(vm, "pread64", `delay_enter=${ms * 1000}`);
}

/** Each WRITE of the server takes `ms` longer. */
export function slowWrites(vm: Vm, ms: number): Promise<Fault> {
  return injectIntoServer(vm, "pwrite64", `delay_enter=${ms * 1000}`);
}

/** Each FLUSH takes `ms` longer. */
export function slowFlush(vm: Vm, ms: number): Promise<Fault> {
  return injectIntoServer(vm, "fsync", `delay_enter=${ms * 1000}`);
}

/** READ fails: the server's disk answers with `errno`. */
export function failReads(vm: Vm, errno = "EIO"): Promise<Fault> {
  return injectIntoServer(vm, "pread64", `error=${errno}`);
}

/** WRITE fails: the server's disk answers with `errno`. */
export function failWrites(vm: Vm, errno = "EIO"): Promise<Fault> {
  return injectIntoServer(vm, "pwrite64", `error=${errno}`);
}

/** The server hangs (SIGSTOP); undone by SIGCONT. */
export async function stopServer(vm: Vm): Promise<Fault> {
  await vm.check("kill -STOP $(pidof smbd)");
  return fault(() => vm.check("kill -CONT $(pidof smbd)"));
}

/** The server dies; undone by starting it again. */
export async function killServer(vm: Vm): Promise<Fault> {
  await vm.check("kill -9 $(pidof smbd)");
  return fault(() => startServer(vm));
}

/** Only the processes that serve a connection die: the client reconnects. */
export async function killServerChildren(vm: Vm): Promise<void> {
  await vm.check(
    "kill -9 $(ss -Htnp state established sport = :445 | grep -o 'pid=[0-9]*' | cut -c5-)",
  );
}

/** Starts Samba and waits until it listens. */
export async function startServer(vm: Vm): Promise<void> {
  await vm.check("rm -f /run/samba/smbd.pid; smbd -D");
  await waitForSamba(vm);
}

/** A file that only root may read, on a share served as u1: reading it gives EACCES. Returns its path. */
export async function deniedFile(vm: Vm): Promise<string> {
  await vm.check("echo secret >/srv/share/denied && chmod 0600 /srv/share/denied");
  await mountShare(vm, { share: "u" });
  return "/mnt/u/denied";
}

/** Writes past the end of the 1 MB share: STATUS_DISK_FULL. Returns dd's result. */
export async function fillSmallShare(vm: Vm): Promise<CommandResult> {
  await mountShare(vm, { share: "small" });
  return await vm.run("dd if=/dev/zero of=/mnt/small/big bs=64k count=64 oflag=direct");
}

/** A mount of a share that does not exist: TREE_CONNECT, STATUS_BAD_NETWORK_NAME. */
export function mountMissingShare(vm: Vm): Promise<CommandResult> {
  return tryMount(vm, { share: "nosuchshare", target: "/mnt/t" });
}

/** A mount with a bad password: SESSION_SETUP, STATUS_LOGON_FAILURE. */
export function mountBadPassword(vm: Vm): Promise<CommandResult> {
  return tryMount(vm, { share: "t", password: "wrong", options: "nosharesock" });
}

/** New mounts send LOCK requests for every lock (no leases). */
export async function oplocksOff(vm: Vm): Promise<Fault> {
  const parameter = "/sys/module/cifs/parameters/enable_oplocks";
  await vm.check(`echo 0 >${parameter}`);
  return fault(() => vm.check(`echo 1 >${parameter}`));
}

/** A second TCP connection: another share that does not share the socket. */
export async function secondConnection(vm: Vm): Promise<Fault> {
  await mountShare(vm, { share: "t", options: "nosharesock" });
  return fault(() => unmount(vm, "/mnt/t"));
}

/** Loads the CIFS client. */
export async function loadCifs(vm: Vm): Promise<void> {
  await vm.check("modprobe cifs");
}

/** Unloads the CIFS client; its threads may end a moment after the last unmount. */
export function unloadCifs(vm: Vm): Promise<CommandResult> {
  return vm.run(
    "for i in $(seq 50); do rmmod cifs 2>/run/rmmod && exit 0; usleep 100000; done; " +
      "cat /run/rmmod >&2; lsmod >&2; cat /proc/mounts >&2; exit 1",
  );
}

/** Repeats a command until it succeeds: a soft mount fails while its connection is made anew. */
export async function untilItWorks(vm: Vm, command: string): Promise<void> {
  await vm.check(`for i in $(seq 100); do ${command} && exit 0; usleep 200000; done; exit 1`);
}
