/**
 * Mounting shares in the guest. Shares: `s` (plain), `t` (a second one), `small` (1 MB tmpfs),
 * `u` (files of `s` as the user u1, without `force user`).
 * @module
 */
import { SMB_PASSWORD, SMB_USER } from "./packages.ts";
import type { CommandResult, Vm } from "./vm.ts";

/** What to mount; the default is share `s` on /mnt/s. */
export interface MountRequest {
  share?: string;
  target?: string;
  /** Added to the mount options, comma separated. */
  options?: string;
  password?: string;
}

/** Waits until Samba listens (it starts in the background at boot). */
export async function waitForSamba(vm: Vm): Promise<void> {
  await vm.check(
    "for i in $(seq 500); do grep -q ':01BD .* 0A ' /proc/net/tcp && exit 0; usleep 20000; done; exit 1",
  );
}

/** Tries a mount and returns mount.cifs's result. */
export async function tryMount(vm: Vm, request: MountRequest = {}): Promise<CommandResult> {
  const share = request.share ?? "s";
  const target = request.target ?? `/mnt/${share}`;
  const options = [`user=${SMB_USER}`, `pass=${request.password ?? SMB_PASSWORD}`, "vers=3.1.1"]
    .concat(request.options ? [request.options] : []).join(",");
  await waitForSamba(vm);
  return await vm.run(
    `mkdir -p ${target} && mount.cifs //127.0.0.1/${share} ${target} -o ${options}`,
  );
}

/** Mounts a share. @throws Error with what mount.cifs and the kernel say. */
export async function mountShare(vm: Vm, request: MountRequest = {}): Promise<void> {
  const result = await tryMount(vm, request);
  if (result.code === 0) return;
  const log = await vm.run("dmesg | tail -5");
  throw new Error(
    `Cannot mount in the guest: because ${result.stderr.trim()}: ${log.stdout.trim()}`,
  );
}

/** Unmounts; `lazy` for one whose server hangs. */
export async function unmount(vm: Vm, target: string, lazy = false): Promise<void> {
  await vm.check(`umount ${lazy ? "-l " : ""}${target}`);
}
