/**
 * SMB as the agent tells of it, made up: counters that grow as those of a busy mount do, the same in
 * every run. The host kernel of the tests has no SMB client.
 * @module
 */
import type { SmbAnswer, SmbUnderWay } from "../../../src/api/data_agent.ts";

/** As in the agent. */
const BOUNDS_MS = Array.from({ length: 19 }, (_, i) => 2 ** (i - 4));
/** Share of each bucket, the fastest first, and requests a second. */
const COMMANDS: readonly [name: string, per_sec: number, first: number, shares: number[]][] = [
  ["SMB2_READ", 400, 2, [0.2, 0.5, 0.2, 0.07, 0.02, 0.008, 0.002]],
  ["SMB2_WRITE", 160, 3, [0.1, 0.4, 0.35, 0.1, 0.03, 0.015, 0.004, 0.001]],
  ["SMB2_CREATE", 60, 3, [0.2, 0.5, 0.2, 0.08, 0.02]],
  ["SMB2_QUERY_INFO", 90, 2, [0.4, 0.4, 0.15, 0.05]],
  ["SMB2_CLOSE", 60, 2, [0.6, 0.3, 0.08, 0.02]],
  ["SMB2_QUERY_DIRECTORY", 12, 4, [0.1, 0.3, 0.3, 0.2, 0.08, 0.02]],
];

type Waiting = readonly [
  command: string,
  age_ms: number,
  state: SmbUnderWay["state"],
  comm: string,
  file: string,
];
/** What hangs when something does, and what is always under way. */
const HUNG: readonly Waiting[] = [
  ["SMB2_WRITE", 48_210, "hung", "rsync", "archive.tar"],
  ["SMB2_CREATE", 21_960, "hung", "soffice.bin", "plan.ods"],
];
const UNDER_WAY: readonly Waiting[] = [
  ["SMB2_CHANGE_NOTIFY", 312_000, "waiting", "nautilus", ""],
  ["SMB2_READ", 3.2, "under_way", "cp", "video.mkv"],
  ["SMB2_READ", 1.1, "under_way", "cp", "video.mkv"],
];

/** Counters that grow with time; they begin at nothing, as after a start of the agent. */
export class SmbTraffic {
  /** Requests that hang. */
  hung = 0;
  readonly #begin_sec: number;

  /** @param begin_sec seconds since the epoch at which the agent was started */
  constructor(begin_sec: number) {
    this.#begin_sec = begin_sec;
  }

  #underWay(): SmbUnderWay[] {
    const rows = [...HUNG.slice(0, this.hung), ...UNDER_WAY];
    return rows.map(([command, age_ms, state, comm, file], i) => ({
      id: String(4711 + i),
      server: "fileserver.example",
      share: "\\\\fileserver.example\\projects",
      command,
      age_ms,
      state,
      pid: 2000 + i,
      comm,
      file,
    }));
  }

  /** `GET /smb` at a time. */
  answer(now_sec: number): SmbAnswer {
    const seconds = Math.max(0, now_sec - this.#begin_sec);
    return {
      timestamp: now_sec,
      probe: { state: "attached", reason: null },
      in_flight: 3 + this.hung,
      hung: this.hung,
      under_way: this.#underWay(),
      bounds_ms: BOUNDS_MS,
      latency: COMMANDS.map(([command, per_sec, first, shares]) => {
        const counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
        shares.forEach((share, i) => counts[first + i] = Math.floor(seconds * per_sec * share));
        const count = counts.reduce((sum, n) => sum + n, 0);
        return {
          server: "fileserver.example",
          share: "\\\\fileserver.example\\projects",
          command,
          count,
          errors: command === "SMB2_CREATE" ? Math.floor(seconds / 5) : 0,
          sum_ms: count * 0.9,
          p50_ms: 0.5,
          p90_ms: 2,
          p99_ms: 8,
          max_ms: 61,
          counts,
        };
      }),
      errors: [
        {
          code: "STATUS_SHARING_VIOLATION",
          command: "SMB2_CREATE",
          server: "fileserver.example",
          count: Math.floor(seconds / 5),
        },
      ],
      sessions: [{
        server: "fileserver.example",
        address: "192.0.2.10",
        dialect: "3.1.1",
        connection_id: "0x1",
        session_id: "0x9c586632",
        credits: 8190 - Math.floor(seconds) % 40,
        in_flight: 3 + this.hung,
        waiting: 0,
        reconnects: 1,
        channels: 0,
        shares: [{ share: "\\\\fileserver.example\\projects", disconnected: false }],
      }],
    };
  }
}
