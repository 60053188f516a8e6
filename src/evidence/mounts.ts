/**
 * The mounted SMB shares, from mountinfo: never by touching a mount.
 * @module
 */
import { type Mount, mounts } from "../os/mountinfo.ts";

/** One SMB mount. */
export interface CifsMount {
  /** Where it is mounted. */
  mount_point: string;
  /** UNC with slashes as mounted, e.g. `//server/share`. */
  source: string;
  /** TCP port, 445 unless mounted with `port=`. */
  port: number;
}

const SMB_TYPES = new Set(["cifs", "smb3"]);

/** Those of these mounts that are SMB shares. */
export function smbMounts(all: readonly Mount[]): CifsMount[] {
  return all.filter(({ type }) => SMB_TYPES.has(type)).map(({ mount_point, source, options }) => {
    const port = options.map((option) => /^port=(\d+)$/.exec(option)?.[1]).find((p) => p);
    return { mount_point, source, port: port === undefined ? 445 : Number(port) };
  });
}

/** The mounts of this process's namespace; none where /proc cannot be read. */
export function cifsMounts(): CifsMount[] {
  return smbMounts(mounts());
}

/** The mounts of one of these shares (UNC in either slash), or all where none is named or known. */
export function mountsOf(mounts: readonly CifsMount[], shares: readonly string[]): CifsMount[] {
  const wanted = new Set(shares.filter((share) => share !== "").map(normal));
  const concerned = mounts.filter((mount) => wanted.has(normal(mount.source)));
  return concerned.length > 0 ? concerned : [...mounts];
}

function normal(unc: string): string {
  return unc.replaceAll("\\", "/").replace(/\/+$/, "").toLowerCase();
}
