/**
 * The SMB client: /proc/fs/cifs/Stats and DebugData. Both are answered from memory, never by asking
 * a server.
 * @module
 */
import { smbCommandName } from "../config/names/smb_commands.ts";
import { type CPath, cPath, ProcReader } from "../os/proc_reader.ts";
import { parseDebugData } from "../probe/smb/debug_data.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type Sample,
} from "./collector.ts";
import { growth } from "./counter.ts";
import { decodeText } from "./fields.ts";
import { Points } from "./points.ts";
import { SMB_METRICS } from "./smb_metrics.ts";
import { SmbServers } from "./smb_servers.ts";
import { SmbShares } from "./smb_shares.ts";
import { type CifsStats, type CommandCount, parseCifsStats } from "./smb_stats.ts";

/** A row of the table `commands`: since the mounts were made. */
export interface SmbCommandRow {
  /** As `SMB2_READ`. */
  command: string;
  /** Requests answered. */
  count: number;
  /** Mean of their times. */
  mean_ms: number;
  /** The fastest. */
  fastest_ms: number;
  /** The slowest. */
  slowest_ms: number;
}

class SmbCollector implements Collector {
  readonly name = "smb";
  readonly #reader = new ProcReader();
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #stats: CPath;
  readonly #debugData: CPath;
  #servers = new SmbServers();
  #shares = new SmbShares();
  #before: CifsStats | null = null;
  #commands = new Map<number, CommandCount>();

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#stats = cPath(`${env.proc}/fs/cifs/Stats`);
    this.#debugData = cPath(`${env.proc}/fs/cifs/DebugData`);
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const points = new Points();
    const text = this.#text(this.#stats);
    points.add("smb.loaded", text === null ? 0 : 1);
    if (text === null) {
      // The module may come and go; its counters begin anew.
      this.#before = null;
      this.#commands.clear();
      this.#servers = new SmbServers();
      this.#shares = new SmbShares();
      return { timestamp, points: points.list, tables: { sessions: [], commands: [] } };
    }
    const stats = parseCifsStats(text);
    this.#totals(stats, points);
    const commands = this.#byCommand(stats, points);
    this.#shares.add(stats.share_counts, points);
    const sessions = this.#servers.add(parseDebugData(this.#text(this.#debugData) ?? ""), points);
    this.#before = stats;
    return { timestamp, points: points.list, tables: { sessions, commands } };
  }

  /** null where there is no such file: cifs is not loaded. @throws Error where it cannot be read */
  #text(path: CPath): string | null {
    const reader = this.#reader;
    if (reader.read(path)) return decodeText(reader.bytes, 0, reader.length);
    if (reader.missing) return null;
    throw reader.failure(path);
  }

  #totals(stats: CifsStats, points: Points): void {
    const before = this.#before;
    points.add("smb.sessions", stats.sessions);
    points.add("smb.shares", stats.shares);
    points.add("smb.in_flight", stats.in_flight);
    if (before === null) return;
    const { session_reconnects, share_reconnects, vfs_operations } = before;
    const grown = (was: number, now: number) => growth(was, now, 32);
    points.add(
      "smb.session_reconnects_delta",
      grown(session_reconnects, stats.session_reconnects),
    );
    points.add("smb.share_reconnects_delta", grown(share_reconnects, stats.share_reconnects));
    points.add("smb.operations_delta", grown(vfs_operations, stats.vfs_operations));
  }

  /** Counts are those of all servers together: they fall where a server is unmounted. */
  #byCommand({ commands }: CifsStats, points: Points): SmbCommandRow[] {
    const known = new Map<number, CommandCount>();
    for (const now of commands ?? []) {
      known.set(now.command, now);
      if (this.#before === null) continue;
      const before = this.#commands.get(now.command) ?? { count: 0, total_ms: 0 };
      const key = `smb.command.${smbCommandName(now.command)}`;
      const grown = growth(before.count, now.count);
      points.add(`${key}.count_delta`, grown);
      const time = growth(before.total_ms, now.total_ms);
      if (grown > 0) points.add(`${key}.mean_ms`, time / grown);
    }
    this.#commands = known;
    return [...known.values()].map((entry) => ({
      command: smbCommandName(entry.command),
      count: entry.count,
      mean_ms: entry.total_ms / entry.count,
      fastest_ms: entry.fastest_ms,
      slowest_ms: entry.slowest_ms,
    }));
  }
}

/** The collector `smb`. */
export const smb: CollectorEntry = {
  name: "smb",
  interval: "smb_interval",
  description: "The SMB client: sessions, credits, reconnects, requests by command and share.",
  metrics: SMB_METRICS,
  make: (env) => new SmbCollector(env),
};
