/**
 * What `ss -ti` tells of the SMB connections: the network's own round trip and its losses, apart from
 * what the server adds.
 * @module
 */

/** One TCP connection to a server. Times in ms; null where `ss` did not say. */
export interface SmbSocket {
  /** As ss names it: ESTAB, SYN-SENT, ... */
  state: string;
  /** Bytes not acknowledged. */
  send_queue: number;
  /** Address and port of the server. */
  peer: string;
  /** Smoothed round trip. */
  rtt_ms: number | null;
  /** Its variation. */
  rttvar_ms: number | null;
  /** The shortest seen. */
  minrtt_ms: number | null;
  /** Retransmission timer. */
  rto_ms: number | null;
  /** Segments retransmitted and not yet acknowledged, and since the connection was made. */
  retrans_now: number;
  /** Segments retransmitted over its life. */
  retrans_total: number;
  /** Timeouts in a row without an acknowledgement. */
  backoff: number;
  /** Bytes sent and acknowledged by nobody yet. */
  unacked: number;
  /** Congestion window in segments; a timeout brings it down to 1. */
  cwnd: number | null;
  /** Over its life. */
  bytes_sent: number | null;
  /** Of them, sent again. */
  bytes_retrans: number | null;
}

/** TCP_RTO_MIN (include/net/tcp.h): what the retransmission timer adds to the round trip at least. */
const RTO_MIN_MS = 200;
/** Most lines looked at. */
const MAX_LINES = 10_000;

/**
 * The client's side of every connection to an SMB port: 445, and those of mounts with `port=`, which
 * the log's command line names. Never throws.
 */
export function parseSocketStats(text: string): SmbSocket[] {
  const ports = new Set([445]);
  for (const [, port] of text.slice(0, 4_096).matchAll(/\bdport = :(\d+)/g)) {
    ports.add(Number(port));
  }
  const records: string[] = [];
  for (const line of text.split("\n", MAX_LINES)) {
    // Without -O the details stand on lines of their own, indented.
    if (/^\s/.test(line) && records.length > 0) records[records.length - 1] += ` ${line.trim()}`;
    else records.push(line);
  }
  const sockets: SmbSocket[] = [];
  for (const record of records) {
    const head = /^([A-Z][A-Z0-9-]+)\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s+(\S+):(\d+)/.exec(record);
    if (head === null || !ports.has(Number(head[7]))) continue;
    const rtt = /\brtt:([\d.]+)\/([\d.]+)/.exec(record);
    const retrans = /\bretrans:(\d+)\/(\d+)/.exec(record);
    sockets.push({
      state: head[1],
      send_queue: Number(head[3]),
      peer: head[6],
      rtt_ms: rtt === null ? null : Number(rtt[1]),
      rttvar_ms: rtt === null ? null : Number(rtt[2]),
      minrtt_ms: numberOf(record, /\bminrtt:([\d.]+)/),
      rto_ms: rtoOf(record),
      retrans_now: Number(retrans?.[1] ?? 0),
      retrans_total: Number(retrans?.[2] ?? 0),
      backoff: numberOf(record, /\bbackoff:(\d+)/) ?? 0,
      unacked: numberOf(record, /\bunacked:(\d+)/) ?? 0,
      cwnd: numberOf(record, /\bcwnd:(\d+)/),
      bytes_sent: numberOf(record, /\bbytes_sent:(\d+)/),
      bytes_retrans: numberOf(record, /\bbytes_retrans:(\d+)/),
    });
  }
  return sockets;
}

/** The round trip; where the kernel gives none (no tcp_diag), from the retransmission timer. */
export function roundTripMs(socket: SmbSocket): number | null {
  if (socket.rtt_ms !== null) return socket.rtt_ms;
  if (socket.rto_ms === null || socket.backoff > 0) return null;
  return Math.max(0, socket.rto_ms - RTO_MIN_MS);
}

/** Whether packets are being lost now, or were in a share that slows requests down. */
export function isLossy(socket: SmbSocket): boolean {
  const { retrans_now, retrans_total, backoff, bytes_sent, bytes_retrans } = socket;
  if (retrans_now > 0 || backoff > 0) return true;
  // /proc/net/tcp has no retransmissions: a window that losses keep closed tells as much.
  if (socket.rtt_ms === null) return socket.cwnd !== null && socket.cwnd <= 2;
  if (bytes_sent === null || bytes_retrans === null) return retrans_total >= 10;
  return retrans_total >= 3 && bytes_retrans >= 0.01 * bytes_sent;
}

/** In seconds where `ss` read /proc/net/tcp (a fraction), in ms where it asked the kernel. */
function rtoOf(record: string): number | null {
  const rto = numberOf(record, /\brto:([\d.]+)/);
  if (rto === null) return null;
  return /\brtt:/.test(record) || rto >= 20 ? rto : rto * 1000;
}

function numberOf(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number(match[1]);
}
