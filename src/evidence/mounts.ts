/**
 * The mounted SMB shares, from mountinfo: never by touching a mount.
 * @module
 */
import { readFileSync } from "node:fs";

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

/** Parses proc_pid_mountinfo(5); lines that do not parse are passed over. */
export function parseMountinfo(text: string): CifsMount[] {
  const mounts: CifsMount[] = [];
  for (const line of text.split("\n")) {
    const [left, right] = line.split(" - ", 2);
    if (right === undefined) continue;
    const mountPoint = left.split(" ")[4];
    const [type, source, ...options] = right.split(" ");
    if (mountPoint === undefined || !SMB_TYPES.has(type) || source === undefined) continue;
    const port = /(?:^|,)port=(\d+)/.exec(options.join(" "))?.[1];
    mounts.push({
      mount_point: unescape(mountPoint),
      source: unescape(source),
      port: port === undefined ? 445 : Number(port),
    });
  }
  return mounts;
}

/** The mounts of this process's namespace; none where /proc cannot be read. */
export function cifsMounts(path = "/proc/self/mountinfo"): CifsMount[] {
  try {
    return parseMountinfo(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
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

/** mountinfo writes blank, tab, line end and backslash as octal. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
