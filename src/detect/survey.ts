/**
 * One look over a batch before it is judged: what is in it at all, so that a detector that can find
 * nothing does not look, and one that meets plain requests only can leave checks out.
 * @module
 */
import { COMMANDS, FLAG, OFFSET, type RowColumns, TYPE } from "./fields.ts";

/** Flags with which a request needs more than its latency: MS-SMB2 2.2.1.2 for what waits by design. */
export const SPECIAL = FLAG.IN_FLIGHT | FLAG.WAS_REPORTED | FLAG.WAITS_BY_DESIGN;

/** What a batch holds. */
export interface Survey {
  /** Something else than requests of known commands. */
  odd: boolean;
  /** A status or an error. */
  failing: boolean;
  /** Requests in flight, ended after a report, or waiting by design. */
  special: boolean;
  /** One detector alone can count any of it: no marks are needed. */
  alone: boolean;
}

/** Looks at rows `from` (included) to `to` (excluded). */
export function survey(columns: RowColumns, from: number, to: number): Survey {
  const head = columns.u32[0];
  // status is the upper word of its lane, error the lower word of the next.
  const statuses = columns.u32[OFFSET.status >> 3];
  const errors = columns.u32[OFFSET.error >> 3];
  let odd = 0;
  let flags = 0;
  let failing = 0;
  for (let at = 2 * from; at < 2 * to; at += 2) {
    // 0 for a request whose command is below COMMANDS.
    odd |= (head[at] ^ TYPE.REQUEST) & ODD_BITS;
    flags |= head[at + 1];
    failing |= statuses[at + 1] | errors[at];
  }
  return {
    odd: odd !== 0,
    failing: failing !== 0,
    special: (flags & SPECIAL) !== 0,
    alone: false,
  };
}

/** The type, and the bits of the command that none below COMMANDS has. */
const ODD_BITS = ~((COMMANDS - 1) << 16);
