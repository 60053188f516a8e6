/**
 * From the ring to the queue: walks what is finished, decodes it into columns, gives the space back.
 * The common case is a run of plain requests, which lie 128 bytes apart; the others are looked at one
 * by one.
 * @module
 */
import { BPF_RINGBUF_DISCARD_BIT, recordBytes, type RingReader } from "../bpf/ring.ts";
import { SMB_NAMED_BYTES, SMB_REQUEST_BYTES } from "../probe/smb/layout.gen.ts";
import { decodeNamed, PLAIN_BYTES, portableDecoder, type RunDecoder } from "./decode_run.ts";
import type { EventQueue } from "./event_queue.ts";

/** What one drain did. */
export interface DrainResult {
  /** Rows published. */
  queued: number;
  /** True when it ended because the queue was full: the rest waits in the ring. */
  full: boolean;
  /** True when it ended at a record that is still being written. */
  busy: boolean;
  /** Records and slots that were skipped, see ledger.ts. */
  discarded: number;
  /** Records of a size that is not known. */
  malformed: number;
  /** Headers that cannot be. */
  corrupt: number;
  /** Bytes taken from the ring. */
  bytes: number;
}

/**
 * Drains at most `limit` records into the queue and commits: rows are published, then the ring
 * position moves. Never blocks.
 * @param decode what moves runs of plain requests, made for this ring and these columns
 */
export function drain(
  ring: RingReader,
  queue: EventQueue,
  limit: number,
  decode: RunDecoder = portableDecoder(ring, queue.columns),
): DrainResult {
  const result: DrainResult = {
    queued: 0,
    full: false,
    busy: false,
    discarded: 0,
    malformed: 0,
    corrupt: 0,
    bytes: 0,
  };
  const start = ring.offset();
  const available = ring.available();
  const room = Math.min(queue.writable(), limit);
  const row = queue.writeRow;
  let bytes = 0;
  let queued = 0;
  while (bytes < available) {
    const at = start + bytes;
    const most = Math.min(room - queued, Math.floor((available - bytes) / PLAIN_BYTES));
    const run = most === 0 ? 0 : decode(at, row + queued, most);
    if (run > 0) {
      queued += run;
      bytes += run * PLAIN_BYTES;
      continue;
    }
    const header = ring.header(at);
    if (header < 0) {
      result.busy = true;
      break;
    }
    const length = header & (BPF_RINGBUF_DISCARD_BIT - 1);
    const step = recordBytes(length);
    if (step > available - bytes) {
      // No record of ours can be that long: nothing behind it can be trusted either.
      result.corrupt++;
      queue.count("corrupt_bytes", available - bytes);
      bytes = available;
      break;
    }
    if ((header & BPF_RINGBUF_DISCARD_BIT) !== 0) {
      result.discarded++;
    } else if (length === SMB_REQUEST_BYTES || length === SMB_NAMED_BYTES) {
      if (queued >= room) {
        result.full = queued < limit;
        break;
      }
      decodeNamed(ring, queue.columns, at, row + queued);
      queued++;
    } else {
      result.malformed++;
    }
    bytes += step;
  }
  result.queued = queued;
  result.bytes = bytes;
  commit(ring, queue, result);
  return result;
}

/** Ledger, rows and ring position, in the order that a successor can finish. */
function commit(ring: RingReader, queue: EventQueue, result: DrainResult): void {
  if (result.bytes === 0) return;
  queue.count("taken", result.queued + result.malformed);
  queue.count("dropped_malformed", result.malformed);
  queue.count("discarded", result.discarded);
  queue.count("corrupt", result.corrupt);
  queue.count("bytes", result.bytes);
  if (result.queued > 0) {
    const after = ring.after(result.bytes);
    queue.prepare(result.queued, after.low, after.high);
    queue.publish(result.queued);
  }
  ring.advance(result.bytes);
}

/**
 * Finishes what a predecessor on the same queue left between publishing its rows and moving the ring
 * position, and takes back what it had counted of rows it never published. To be called once, before the first `drain`.
 * @returns bytes skipped in the ring
 */
export function finishCommit(ring: RingReader, queue: EventQueue): number {
  queue.settleLedger();
  const pending = queue.pendingCommit();
  if (pending === null) return 0;
  const ahead = ((BigInt(pending.high) << 32n) | BigInt(pending.low)) - ring.position();
  if (ahead <= 0n || ahead > BigInt(ring.available())) return 0;
  ring.advance(Number(ahead));
  return Number(ahead);
}
