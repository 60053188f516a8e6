/**
 * Counters of shares, by share: those of several sessions are summed.
 * @module
 */
import { CounterTable, growth } from "./counter.ts";
import type { Points } from "./points.ts";
import type { ShareCount } from "./smb_stats.ts";

/** Shares with series. */
const MAX_SHARES = 256;

class Share {
  round = -1;
  requests = NaN;
  failed = NaN;
  read_bytes = NaN;
  write_bytes = NaN;
  readonly key: string;

  constructor(name: string) {
    this.key = `smb.share.${name}`;
  }
}

/** Follows shares. */
export class SmbShares {
  readonly #table = new CounterTable(MAX_SHARES, (name) => new Share(name));

  /** Adds what each share's counters grew by. */
  add(counts: readonly ShareCount[], points: Points): void {
    for (const now of summed(counts)) {
      const share = this.#table.row(now.share);
      if (share === null) continue;
      const { key } = share;
      points.add(`${key}.requests_delta`, growth(share.requests, now.requests, 32));
      points.add(`${key}.failed_delta`, growth(share.failed, now.failed));
      points.add(`${key}.read_bytes_delta`, growth(share.read_bytes, now.read_bytes));
      points.add(`${key}.write_bytes_delta`, growth(share.write_bytes, now.write_bytes));
      points.add(`${key}.open_files`, now.open_files);
      points.add(`${key}.disconnected`, now.disconnected ? 1 : 0);
      share.requests = now.requests;
      share.failed = now.failed;
      share.read_bytes = now.read_bytes;
      share.write_bytes = now.write_bytes;
    }
    points.add("smb.shares_left_out", this.#table.beyond);
    this.#table.sweep();
  }
}

function summed(counts: readonly ShareCount[]): Iterable<ShareCount> {
  const shares = new Map<string, ShareCount>();
  for (const count of counts) {
    const sum = shares.get(count.share);
    if (sum === undefined) {
      shares.set(count.share, { ...count });
      continue;
    }
    sum.requests += count.requests;
    sum.failed += count.failed;
    sum.read_bytes += count.read_bytes;
    sum.write_bytes += count.write_bytes;
    sum.open_files += count.open_files;
    sum.disconnected ||= count.disconnected;
  }
  return shares.values();
}
