/**
 * /proc/fs/cifs/Stats: what the SMB client counts, in all, by command and by share. Times by command
 * are there where the kernel has CONFIG_CIFS_STATS2, as distributions' kernels have.
 *
 * The text is made for people and grows from kernel to kernel (6.1 and 6.12 are known from samples);
 * what is not known is passed over.
 * @module
 */
import { eachLine } from "../os/text_lines.ts";

/** A command at all servers. */
export interface CommandCount {
  /** MS-SMB2 2.2.1.2 Command. */
  command: number;
  /** Requests answered. */
  count: number;
  /** Sum of their times. */
  total_ms: number;
  /** The fastest since the mount, of any server. */
  fastest_ms: number;
  /** The slowest since the mount, of any server. */
  slowest_ms: number;
}

/** A share; mounts of the same share by several sessions are several. */
export interface ShareCount {
  /** `//server/share`. */
  share: string;
  /** To be connected again. */
  disconnected: boolean;
  /** Requests sent. */
  requests: number;
  /** Requests that failed. */
  failed: number;
  /** By READ. */
  read_bytes: number;
  /** By WRITE. */
  write_bytes: number;
  /** Files open at the server. */
  open_files: number;
}

/** The whole file. */
export interface CifsStats {
  /** Logons. */
  sessions: number;
  /** Shares, IPC$ included. */
  shares: number;
  /** Requests that wait for their answer. */
  in_flight: number;
  /** Since the module was loaded. */
  session_reconnects: number;
  /** Since the module was loaded. */
  share_reconnects: number;
  /** Operations that programs asked for. */
  vfs_operations: number;
  /** By command, those never used left out; null where the kernel does not count them. */
  commands: CommandCount[] | null;
  /** In the order of the file. */
  share_counts: ShareCount[];
}

/** More lines than any client has; the rest is not read. */
const MAX_LINES = 100_000;
/** Codes of a command are u16; more than the known are not listed by any kernel. */
const MAX_COMMAND = 255;
/** Counts are int in the kernel: they go over to negative numbers. */
const INT = "(-?\\d{1,20})";

const TOTALS: readonly [RegExp, (stats: CifsStats, match: RegExpExecArray) => void][] = [
  [new RegExp(`^CIFS Session: ${INT}`), (stats, match) => stats.sessions = count(match[1])],
  [new RegExp(`^Share \\(.*\\): ${INT}`), (stats, match) => stats.shares = count(match[1])],
  [
    new RegExp(`^Operations \\(MIDs\\): ${INT}`),
    (stats, match) => stats.in_flight = count(match[1]),
  ],
  [new RegExp(`^${INT} session ${INT} share reconnects`), (stats, match) => {
    stats.session_reconnects = count(match[1]);
    stats.share_reconnects = count(match[2]);
  }],
  [
    new RegExp(`^Total vfs operations: ${INT}`),
    (stats, match) => stats.vfs_operations = count(match[1]),
  ],
];

/** A line of the table of commands: code, number, total, fastest, slowest. */
const COMMAND = new RegExp(`^\\s+(\\d{1,3})\\t+${INT}\\t+${INT}\\t+${INT}\\t+${INT}\\s*$`);
const UNITS = /units are jiffies \((\d{1,5}) per second\)/;
const SHARE = /^\d{1,9}\) (\\\\[^\t]{1,1024}?)(\tDISCONNECTED ?)?$/;
const BYTES = new RegExp(`^Bytes read: ${INT}  Bytes written: ${INT}`);
const FAILED = new RegExp(`: ${INT} (?:total|sent) ${INT} failed`);
const OPEN = new RegExp(`^Open files: ${INT} total \\(local\\), ${INT} open on server`);
const SMBS = new RegExp(`^SMBs: ${INT}`);

/** Parses the text; never throws. */
export function parseCifsStats(text: string): CifsStats {
  const state = new StatsParser();
  eachLine(text, MAX_LINES, (line) => state.line(line));
  return state.stats;
}

class StatsParser {
  readonly stats: CifsStats = {
    sessions: 0,
    shares: 0,
    in_flight: 0,
    session_reconnects: 0,
    share_reconnects: 0,
    vfs_operations: 0,
    commands: null,
    share_counts: [],
  };
  readonly #commands = new Map<number, CommandCount>();
  #tick_ms = NaN;
  #share: ShareCount | null = null;

  line(line: string): void {
    const share = SHARE.exec(line);
    if (share !== null) return this.#startShare(share[1], share[2] !== undefined);
    const units = UNITS.exec(line);
    if (units !== null) {
      this.#tick_ms = 1000 / Math.max(1, Number(units[1]));
      this.stats.commands ??= [];
      return;
    }
    const command = COMMAND.exec(line);
    if (command !== null) return this.#command(command.slice(1).map(count));
    if (this.#share !== null) return shareLine(this.#share, line);
    for (const [pattern, take] of TOTALS) {
      const match = pattern.exec(line);
      if (match !== null) return take(this.stats, match);
    }
  }

  #startShare(unc: string, disconnected: boolean): void {
    this.#share = {
      share: unc.replaceAll("\\", "/"),
      disconnected,
      requests: 0,
      failed: 0,
      read_bytes: 0,
      write_bytes: 0,
      open_files: 0,
    };
    this.stats.share_counts.push(this.#share);
  }

  #command([command, number, total, fastest, slowest]: number[]): void {
    if (Number.isNaN(this.#tick_ms) || command > MAX_COMMAND || number === 0) return;
    const tick = this.#tick_ms;
    let entry = this.#commands.get(command);
    if (entry === undefined) {
      entry = { command, count: 0, total_ms: 0, fastest_ms: Infinity, slowest_ms: 0 };
      this.#commands.set(command, entry);
      this.stats.commands?.push(entry);
    }
    entry.count += number;
    entry.total_ms += total * tick;
    entry.fastest_ms = Math.min(entry.fastest_ms, fastest * tick);
    entry.slowest_ms = Math.max(entry.slowest_ms, slowest * tick);
  }
}

function shareLine(share: ShareCount, line: string): void {
  const failed = FAILED.exec(line);
  if (failed !== null) {
    share.failed += count(failed[2]);
    return;
  }
  const bytes = BYTES.exec(line);
  if (bytes !== null) [share.read_bytes, share.write_bytes] = [count(bytes[1]), count(bytes[2])];
  const open = OPEN.exec(line);
  if (open !== null) share.open_files = count(open[2]);
  const requests = SMBS.exec(line);
  if (requests !== null) share.requests = count(requests[1]);
}

/** A count of the text: a negative one is a 32-bit counter beyond 2^31. */
function count(digits: string): number {
  const value = Number(digits);
  return value >= 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : value >>> 0;
}
