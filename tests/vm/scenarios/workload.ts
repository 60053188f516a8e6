/**
 * Requests made in the guest by processes that are known by their ids.
 * @module
 */
import type { Vm } from "../support/vm.ts";

/** Processes that run a command again and again, beside each other. */
export interface Load {
  /** Each process runs it this often, one after another. */
  rounds?: number;
  /** Processes at a time. */
  processes?: number;
}

/** A READ past the page cache. */
export const READ = "dd if=/mnt/s/data iflag=direct bs=4k count=1 of=/dev/null";
/** The same of a file that nobody has had open: it begins with a CREATE. */
export const READ_OTHER = READ.replace("/data", "/other");
/** A WRITE past the page cache; `$i` is the process's number. */
export const WRITE = "dd if=/dev/zero of=/mnt/s/written$i oflag=direct bs=4k count=1";
/** A WRITE and a FLUSH. */
export const FLUSH = "dd if=/dev/zero of=/mnt/s/synced$i conv=fsync bs=4k count=1";

/** Puts the files there that the commands use. */
export async function prepareFiles(vm: Vm): Promise<void> {
  await vm.check("dd if=/dev/urandom of=/srv/share/data bs=64k count=16 2>/dev/null");
  await vm.check("cp /srv/share/data /srv/share/other");
}

/** Runs a command in many processes, whatever comes of it; returns the ids of the processes. */
export async function load(
  vm: Vm,
  command: string,
  { rounds = 4, processes = 4 }: Load = {},
): Promise<Set<number>> {
  const text = await vm.check(
    `for i in $(seq ${processes}); do (for j in $(seq ${rounds}); do ` +
      `(echo $BASHPID; exec ${command} 2>/dev/null); done; true) & done; wait`,
  );
  return new Set(text.trim().split("\n").map(Number));
}
