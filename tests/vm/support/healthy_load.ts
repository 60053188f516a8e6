/**
 * Everyday work on a healthy share, for showing that it raises nothing: small files, a compile,
 * watched directories, locks that wait, mounts that come and go.
 * @module
 */
import { compilerFiles } from "./compiler.ts";
import { mountShare, unmount } from "./mounts.ts";
import type { Vm } from "./vm.ts";

const SCRIPT = "/usr/local/bin/healthy_load.py";
/** Guest directories of one share (`t`), mounted twice by connections of their own. */
const LOCKS = ["/mnt/t", "/mnt/again"] as const;

/** The kinds of work. */
export const WORK = ["files", "compile", "watch", "lock", "mount", "idle"] as const;
/** One of them. */
export type Work = typeof WORK[number];

/** What was done how often, and what the share refused, with the errno. */
export interface WorkDone {
  done: Record<string, number>;
  refused: Record<string, number>;
}

/** The files for `bootVm`. */
export async function healthyLoadFiles(): Promise<Record<string, string>> {
  const script = new URL("./guest/healthy_load.py", import.meta.url).pathname;
  return { ...await compilerFiles(), [SCRIPT]: script };
}

/** Mounts what `lock` needs: leases off, so that every lock is a request. Needs /mnt/s mounted before. */
export async function prepareLocks(vm: Vm): Promise<void> {
  const parameter = "/sys/module/cifs/parameters/enable_oplocks";
  await vm.check(`echo 0 >${parameter}`);
  for (const target of LOCKS) {
    await mountShare(vm, { share: "t", target, options: "nosharesock,cache=none" });
  }
  await vm.check(`echo 1 >${parameter}`);
}

/** Works for `seconds`; `pauseSec` is the rest between two steps. */
export async function work(
  vm: Vm,
  kind: Work,
  seconds: number,
  pauseSec: number,
): Promise<WorkDone> {
  if (kind === "mount") return await mountsComeAndGo(vm, seconds);
  const timeoutMs = (seconds + 60) * 1000;
  if (kind === "idle") {
    await vm.check(`sleep ${seconds}`, { timeoutMs });
    return { done: {}, refused: {} };
  }
  const where = kind === "lock" ? LOCKS.join(" ") : "/mnt/s";
  const command = `PAUSE_SEC=${pauseSec} exec python3 ${SCRIPT} ${kind} ${seconds} ${where}`;
  return JSON.parse(await vm.check(command, { timeoutMs }));
}

async function mountsComeAndGo(vm: Vm, seconds: number): Promise<WorkDone> {
  const end = performance.now() + seconds * 1000;
  let mounts = 0;
  while (performance.now() < end) {
    await mountShare(vm, { share: "u", options: "nosharesock" });
    await vm.check("ls -la /mnt/u");
    await unmount(vm, "/mnt/u");
    mounts++;
    await vm.check("sleep 2");
  }
  return { done: { mounts }, refused: {} };
}
