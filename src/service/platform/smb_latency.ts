/**
 * Latency and errors of SMB by server, share and command, counted from the flight recorder.
 * @module
 */
import type { SmbAnswer, SmbLatency } from "../../api/data_agent.ts";
import { errnoName } from "../../config/names/errno.ts";
import { BENIGN_NTSTATUS, ntstatusName } from "../../config/names/ntstatus.ts";
import { smbCommandName } from "../../config/names/smb_commands.ts";
import { SMB_FLAG, SMB_TYPE } from "../../probe/smb/layout.gen.ts";
import type { TailRequest } from "../../probe/smb/recorder_tail.ts";

/** What is counted, as the API has it. */
export type SmbFigures = Pick<SmbAnswer, "bounds_ms" | "latency" | "errors">;

/** Upper bounds of the buckets: 64 us to 16 s. */
export const BOUNDS_MS: readonly number[] = Array.from({ length: 19 }, (_, i) => 2 ** (i - 4));
const MOST_ROWS = 500;
const MOST_ERRORS = 200;
/** What rows beyond the most are counted under. */
const OTHER = "~other";

/** Names of the numbers in a request. */
export interface SmbNames {
  /** Host of a connection, "" where it is not known. */
  server(connection_id: bigint): string;
  /** UNC of a tree, "" where it is not known. */
  share(session_id: bigint, tree_id: number): string;
}

interface Row {
  server: string;
  share: string;
  command: string;
  count: number;
  errors: number;
  sum_ms: number;
  max_ms: number;
  counts: number[];
}

const BENIGN = new Set<number>(BENIGN_NTSTATUS);
/** Severity error: MS-ERREF 2.3. */
const SEVERITY_ERROR = 0xc000_0000;

/** Counts requests. */
export class SmbCounts {
  readonly #rows = new Map<string, Row>();
  readonly #errors = new Map<string, SmbFigures["errors"][number]>();

  /** Counts one that has ended; other records are left out. */
  add(request: TailRequest, names: SmbNames): void {
    const { type, flags, command, latency_ns, connection_id, session_id, tree_id } = request;
    if (type !== SMB_TYPE.REQUEST || (flags & SMB_FLAG.IN_FLIGHT) !== 0) return;
    const server = names.server(connection_id);
    const tree = (flags & SMB_FLAG.TREE_VALID) !== 0 ? tree_id : 0;
    const row = this.#row(server, names.share(session_id, tree), smbCommandName(command));
    const code = failureOf(request);
    if (code !== null) {
      row.errors++;
      this.#error(code, row.command, server);
    }
    row.count++;
    // Waiting is what it is for.
    if ((flags & SMB_FLAG.WAITS_BY_DESIGN) !== 0) return;
    const ms = latency_ns / 1e6;
    row.sum_ms += ms;
    row.max_ms = Math.max(row.max_ms, ms);
    row.counts[bucketOf(ms)]++;
  }

  /** All of it, as the API has it. */
  figures(): SmbFigures {
    const latency = [...this.#rows.values()].map((row): SmbLatency => ({
      ...row,
      p50_ms: quantile(row, 0.5),
      p90_ms: quantile(row, 0.9),
      p99_ms: quantile(row, 0.99),
    }));
    return { bounds_ms: [...BOUNDS_MS], latency, errors: [...this.#errors.values()] };
  }

  #row(server: string, share: string, command: string): Row {
    const key = `${server}\0${share}\0${command}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= MOST_ROWS && server !== OTHER) return this.#row(OTHER, "", command);
    const counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
    const row = { server, share, command, count: 0, errors: 0, sum_ms: 0, max_ms: 0, counts };
    this.#rows.set(key, row);
    return row;
  }

  #error(code: string, command: string, server: string): void {
    const key = `${server}\0${command}\0${code}`;
    const known = this.#errors.get(key);
    if (known !== undefined) known.count++;
    else if (this.#errors.size < MOST_ERRORS || server === OTHER) {
      this.#errors.set(key, { code, command, server, count: 1 });
    } else this.#error(OTHER, command, OTHER);
  }
}

/** The failure of a request by name; null where it did not fail. */
function failureOf({ flags, status, error }: TailRequest): string | null {
  if ((flags & SMB_FLAG.STATUS_VALID) !== 0) {
    return status >= SEVERITY_ERROR && !BENIGN.has(status) ? ntstatusName(status) : null;
  }
  return error < 0 ? errnoName(-error) : null;
}

function bucketOf(ms: number): number {
  let bucket = 0;
  while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]) bucket++;
  return bucket;
}

/** Upper bound of the bucket in which the quantile lies; beyond the last, the largest. */
function quantile({ counts, max_ms }: Row, q: number): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  let left = Math.ceil(total * q);
  for (let i = 0; i < BOUNDS_MS.length; i++) {
    left -= counts[i];
    if (left <= 0) return Math.min(BOUNDS_MS[i], max_ms);
  }
  return max_ms;
}
