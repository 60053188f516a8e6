/**
 * The parts of `ApiData` that come from the rest of the agent: SMB, processes, bundles, readiness.
 * @module
 */

/** Latency of one server, share and command, since the start of the agent. */
export interface SmbLatency {
  /** Host. */
  server: string;
  /** UNC, "" where there is none. */
  share: string;
  /** SMB2 command. */
  command: string;
  /** Requests. */
  count: number;
  /** Of them failed. */
  errors: number;
  /** Sum of their times. */
  sum_ms: number;
  /** Bounds of the buckets in which the quantiles lie; null without requests. */
  p50_ms: number | null;
  /** See `p50_ms`. */
  p90_ms: number | null;
  /** See `p50_ms`. */
  p99_ms: number | null;
  /** Longest; null where it is not known. */
  max_ms: number | null;
  /** Requests by bucket of `bounds_ms`; one more for those above the last. Not cumulative. */
  counts: number[];
}

/** A request that waits for its answer. */
export interface SmbUnderWay {
  /** Unique while the probe is loaded, decimal. */
  id: string;
  /** Host, "" where it is not known. */
  server: string;
  /** UNC, "" where there is none. */
  share: string;
  /** SMB2 command. */
  command: string;
  /** Since its start. */
  age_ms: number;
  /** `waiting`: that is what it is for, as a CHANGE_NOTIFY; else `hung` from the limit on. */
  state: "under_way" | "hung" | "waiting";
  /** Process that issued it. */
  pid: number;
  /** Its name. */
  comm: string;
  /** File, "" where it is not known. */
  file: string;
}

/** `GET /smb`. */
export interface SmbAnswer {
  /** Seconds since the epoch. */
  timestamp: number;
  /** "attached", "waiting", "failed", "off". */
  probe: { state: string; reason: string | null };
  /** Requests under way; null where that is not known. */
  in_flight: number | null;
  /** Of them hung. */
  hung: number | null;
  /** The oldest of them, the oldest first; at most 100. */
  under_way: SmbUnderWay[];
  /** Upper bounds of the buckets. */
  bounds_ms: number[];
  /** By server, share and command. */
  latency: SmbLatency[];
  /** Failures by status and command. */
  errors: { code: string; command: string; server: string; count: number }[];
  /** Sessions and credits as the SMB collector reads them from /proc/fs/cifs. */
  sessions: Record<string, unknown>[];
}

/** `GET /processes`. */
export interface TopProcesses {
  /** Of the sample. */
  timestamp: number;
  /** The most CPU first. */
  by_cpu: Record<string, unknown>[];
  /** The most memory first. */
  by_memory: Record<string, unknown>[];
}

/** A bundle that was asked for. */
export interface BundleMade {
  /** 19 digits. */
  id: string;
  /** Its size. */
  bytes: number;
  /** Its first line. */
  verdict: string;
}

/** What a reload did, or why it did nothing. */
export type ReloadResult =
  | { ok: true; changes: { path: string; from: string; to: string; restart: boolean }[] }
  /** `details`: a line for every fault of the configuration. */
  | { ok: false; error: string; details: string[] };

/** `GET /readyz`. */
export interface Readiness {
  /** Every part that is on works. */
  ready: boolean;
  /** One for each part; `reason` is null for one that works. It is open to everybody: no secrets. */
  parts: { name: string; ok: boolean; reason: string | null }[];
}
