/**
 * Connections to servers as DebugData has them: sums by server, and a row for every session.
 * @module
 */
import type { CifsServer } from "../probe/smb/debug_data.ts";
import type { Points } from "./points.ts";

/** Servers with series. */
const MAX_SERVERS = 128;
/** Rows of the table; more are not of use to anybody who reads them. */
const MAX_ROWS = 512;

/** A row of the table `sessions`: a session, or a connection without one. */
export interface SmbSessionRow {
  /** Host name, or the address where the kernel has no name. */
  server: string;
  /** IP address; null while there is no session. */
  address: string | null;
  /** `3.1.1`; null while none is agreed. */
  dialect: string | null;
  /** `0x1`. */
  connection_id: string;
  /** `0x9c586632`; null while there is no session. */
  session_id: string | null;
  /** Requests that the server allows now. */
  credits: number;
  /** Requests sent and not answered. */
  in_flight: number;
  /** Tasks that wait for credits. */
  waiting: number;
  /** Since the mount. */
  reconnects: number;
  /** Connections beside the first. */
  channels: number;
  /** What is connected, IPC$ left out. */
  shares: { share: string; disconnected: boolean }[];
}

interface Sum {
  credits: number;
  in_flight: number;
  waiting: number;
  connections: number;
  /** Since the sample before; NaN where no connection was there then. */
  reconnects: number;
}

/** Follows connections. */
export class SmbServers {
  #instances = new Map<bigint, number>();

  /** Adds the sums; gives the rows. */
  add(servers: readonly CifsServer[], points: Points): SmbSessionRow[] {
    const sums = new Map<string, Sum>();
    const instances = new Map<bigint, number>();
    for (const server of servers) {
      this.#sum(server, sums);
      instances.set(server.connection_id, server.instance);
    }
    this.#instances = instances;
    points.add("smb.servers", sums.size);
    let left = MAX_SERVERS;
    for (const [name, sum] of sums) {
      if (left-- <= 0) break;
      const key = `smb.server.${name}`;
      points.add(`${key}.credits`, sum.credits);
      points.add(`${key}.in_flight`, sum.in_flight);
      points.add(`${key}.waiting`, sum.waiting);
      points.add(`${key}.connections`, sum.connections);
      points.add(`${key}.reconnects_delta`, sum.reconnects);
    }
    return servers.flatMap(rowsOf).slice(0, MAX_ROWS);
  }

  #sum(server: CifsServer, sums: Map<string, Sum>): void {
    const { connection_id, credits, on_wire, waiting, instance } = server;
    const name = nameOf(server);
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = { credits: Infinity, in_flight: 0, waiting: 0, connections: 0, reconnects: NaN };
      sums.set(name, sum);
    }
    sum.credits = Math.min(sum.credits, credits);
    sum.in_flight += on_wire;
    sum.waiting += waiting;
    sum.connections++;
    const before = this.#instances.get(connection_id);
    if (before !== undefined && instance >= before) {
      sum.reconnects = (Number.isNaN(sum.reconnects) ? 0 : sum.reconnects) + instance - before;
    }
  }
}

function nameOf({ hostname, sessions, connection_id }: CifsServer): string {
  return hostname || (sessions[0]?.address ?? `connection-${connection_id}`);
}

function rowsOf(server: CifsServer): SmbSessionRow[] {
  const common = {
    server: nameOf(server),
    dialect: dialectName(server.dialect),
    connection_id: hex(server.connection_id),
    credits: server.credits,
    in_flight: server.on_wire,
    waiting: server.waiting,
    reconnects: Math.max(0, server.instance - 1),
  };
  if (server.sessions.length === 0) {
    return [{ ...common, address: null, session_id: null, channels: 0, shares: [] }];
  }
  return server.sessions.map(({ address, session_id, channels, shares }) => ({
    ...common,
    address,
    session_id: hex(session_id),
    channels: channels.length,
    shares: shares.filter(({ ipc }) => !ipc).map(({ unc, disconnected }) => ({
      share: unc.replaceAll("\\", "/"),
      disconnected,
    })),
  }));
}

function hex(id: bigint): string {
  return `0x${id.toString(16)}`;
}

/** 0x311 as "3.1.1", 0x210 as "2.1": MS-SMB2 2.2.3 writes a digit each. */
function dialectName(dialect: number): string | null {
  if (dialect === 0) return null;
  const [major, minor, more] = [dialect >> 8, dialect >> 4 & 15, dialect & 15];
  return more === 0 ? `${major}.${minor}` : `${major}.${minor}.${more}`;
}
