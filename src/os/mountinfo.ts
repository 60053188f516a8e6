/**
 * Mounts of this process's mount namespace, from /proc/self/mountinfo: never by touching a mount.
 * @module
 */

/** One line of proc_pid_mountinfo(5). */
export interface Mount {
  /** Unique while mounted. */
  mount_id: number;
  /** Root of the mount within its file system. */
  root: string;
  /** Absolute, as this process sees it. */
  mount_point: string;
  /** File system type: `cifs`, `smb3`. */
  type: string;
  /** Device, or `//server/share` for SMB. */
  source: string;
  /** Per-mount and per-file-system options, in this order. */
  options: string[];
}

/** Largest file taken from /proc; a line of mountinfo is a few hundred bytes. */
const MAX_PROC_BYTES = 16 << 20;

/** Parses mountinfo; lines that are not of its form are passed over. */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    // Optional fields end at a lone "-"; blanks within fields are escaped.
    const words = line.split(" ");
    const dash = words.indexOf("-", 6);
    if (dash < 0 || words.length < dash + 3 || !/^\d+$/.test(words[0])) continue;
    const options = `${words[5]},${words[dash + 3] ?? ""}`.split(",").filter((o) => o !== "");
    mounts.push({
      mount_id: Number(words[0]),
      root: unescapeOctal(words[3]),
      mount_point: unescapeOctal(words[4]),
      type: words[dash + 1],
      source: unescapeOctal(words[dash + 2]),
      options: options.map(unescapeOctal),
    });
  }
  return mounts;
}

/** `\040` and so on, as mangle_path() of the kernel writes blank, tab, line feed, backslash and `#`. */
export function unescapeOctal(field: string): string {
  return field.replace(
    /\\([0-3][0-7]{2})/g,
    (_, digits: string) => String.fromCharCode(parseInt(digits, 8)),
  );
}

/** The mounts of this process's namespace; none where /proc cannot be read. */
export function mounts(): Mount[] {
  return parseMountinfo(readProcText("/proc/self/mountinfo") ?? "");
}

/** A file of /proc as text (bounded; bytes that are no UTF-8 become U+FFFD); null where it cannot be read. */
export function readProcText(path: string, limit = MAX_PROC_BYTES): string | null {
  try {
    using file = Deno.openSync(path);
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(64 << 10);
    let text = "";
    for (let total = 0; total < limit;) {
      const n = file.readSync(chunk);
      if (n === null) break;
      total += n;
      text += decoder.decode(chunk.subarray(0, n), { stream: true });
    }
    return text + decoder.decode();
  } catch {
    return null;
  }
}
