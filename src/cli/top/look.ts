/**
 * One look at the agent for `aod top`: over the API's socket where it is there, else what the control
 * socket tells.
 * @module
 */
import type { ApiEvent, HistoryPoint } from "../../api/data.ts";
import type { SmbAnswer, TopProcesses } from "../../api/data_agent.ts";
import type { AgentStatus } from "../../service/status.ts";
import { getJson, runningAgent } from "../agent_api.ts";
import { EXIT, ExitError } from "../exit.ts";

/** Metrics of the host that are shown. */
export const HOST_KEYS = [
  "cpu.total",
  "cpu.iowait",
  "cpu.steal",
  "cpu.load1",
  "cpu.load5",
  "cpu.load15",
  "memory.percent",
  "memory.available",
  "disk.total.read_bytes_delta",
  "disk.total.write_bytes_delta",
  "network.total.rx_bytes_delta",
  "network.total.tx_bytes_delta",
  "tcp.retransmits_delta",
] as const;

/** Key of a metric that is shown. */
export type HostKey = typeof HOST_KEYS[number];

/** A value, and per second where it is what a counter grew by. */
export interface HostValue {
  /** The newest. */
  value: number;
  /** To the one before, in seconds; null where there is none. */
  interval_sec: number | null;
}

/** What one look found. */
export interface Look {
  /** Seconds since the epoch. */
  timestamp: number;
  /** The agent. */
  agent: Pick<AgentStatus, "version" | "pid" | "uptime_sec" | "rss_bytes" | "probe" | "violations">;
  /** "api", or "control" where the API is off. */
  by: "api" | "control";
  /** Values of the host that are there. */
  host: Partial<Record<HostKey, HostValue>>;
  /** SMB; null by control. */
  smb: SmbAnswer | null;
  /** Requests in flight, whoever tells. */
  in_flight: number;
  /** The busiest; empty by control. */
  processes: TopProcesses["by_cpu"];
  /** The newest anomalies, newest first. */
  anomalies: ApiEvent[];
}

const ANOMALIES = 8;
/** The slowest collector may wait an hour; what is older than this is not shown. */
const FRESH_SEC = 60;

/**
 * Looks.
 * @throws {ExitError} 1 when no agent runs, 4 when only root may ask
 */
export async function look(runDir: string | undefined): Promise<Look> {
  const status = await runningAgent(runDir);
  if (status === null) {
    throw new ExitError(EXIT.internal, "Cannot show anything: because aod is not running");
  }
  const { version, pid, uptime_sec, rss_bytes, probe, violations } = status;
  const agent = { version, pid, uptime_sec, rss_bytes, probe, violations };
  const { socket } = status.platform;
  const by_control: Look = {
    timestamp: Date.now() / 1000,
    agent,
    by: "control",
    host: {},
    smb: null,
    in_flight: status.counters.dispatcher_in_flight ?? 0,
    processes: [],
    anomalies: [],
  };
  if (socket === "") return by_control;
  try {
    return { ...by_control, ...await overApi(socket), by: "api" };
  } catch {
    // It stops, or is just started anew: the next look finds it.
    return by_control;
  }
}

async function overApi(
  socket: string,
): Promise<Pick<Look, "host" | "smb" | "processes" | "anomalies">> {
  const [smb, processes, anomalies, ...series] = await Promise.all([
    getJson(socket, "/smb"),
    getJson(socket, "/processes"),
    getJson(socket, `/anomalies?limit=${ANOMALIES}`),
    ...HOST_KEYS.map((key) => newest(socket, key)),
  ]);
  const host = HOST_KEYS.flatMap((key, i) => {
    const value = series[i] as HostValue | null;
    return value === null ? [] : [[key, value]];
  });
  return {
    host: Object.fromEntries(host),
    smb: smb as SmbAnswer,
    processes: (processes as TopProcesses).by_cpu,
    anomalies: (anomalies as { anomalies: ApiEvent[] }).anomalies,
  };
}

/** The newest point of a metric; null where there is none. */
async function newest(socket: string, key: string): Promise<HostValue | null> {
  const path = `/metrics/history?metric_key=${encodeURIComponent(key)}&seconds=${FRESH_SEC}`;
  const answer = await getJson(socket, path).catch(() => null);
  const points = (answer as { points: HistoryPoint[] } | null)?.points ?? [];
  const [before, last] = [points.at(-2), points.at(-1)];
  if (last === undefined) return null;
  const interval_sec = before === undefined ? null : last.timestamp - before.timestamp;
  return { value: last.value, interval_sec };
}
