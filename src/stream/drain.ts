/**
 * From the ring to the queue: walks what is finished, decodes it into columns, gives the space back.
 *
 * The common case is a run of plain requests, which lie 128 bytes apart. Such a run is moved lane by
 * lane, sixteen rows at a time (16 records are 2 KB and stay in the first cache while each lane is
 * picked out of them). bench/decode_bench.ts has the figures of the ways that were tried.
 * @module
 */
import {
  BPF_RINGBUF_DISCARD_BIT,
  BPF_RINGBUF_HDR_BYTES,
  recordBytes,
  type RingReader,
} from "../bpf/ring.ts";
import { SMB_NAMED_BYTES, SMB_REQUEST_BYTES } from "../probe/smb/layout.gen.ts";
import type { EventQueue } from "./event_queue.ts";

const LANES = SMB_REQUEST_BYTES / 8;
/** Bytes from one plain request to the next. */
const STRIDE = recordBytes(SMB_REQUEST_BYTES);
/** The same in the units of the views. */
const STRIDE_LANES = STRIDE / 8;
const STRIDE_WORDS = STRIDE / 4;
const BLOCK = 16;

const isTso = Deno.build.arch === "x86_64";

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
  malformed: number;
  corrupt: number;
  bytes: number;
}

/**
 * How many finished plain requests, at most `limit`, stand one after another from `word` on.
 * @param words the ring's data
 */
export function plainRun(words: Int32Array, word: number, limit: number): number {
  const L = SMB_REQUEST_BYTES;
  const S = STRIDE_WORDS;
  let n = 0;
  if (isTso) {
    for (let w = word; n + 8 <= limit; n += 8, w += 8 * S) {
      const differs = (words[w] ^ L) | (words[w + S] ^ L) | (words[w + 2 * S] ^ L) |
        (words[w + 3 * S] ^ L) | (words[w + 4 * S] ^ L) | (words[w + 5 * S] ^ L) |
        (words[w + 6 * S] ^ L) | (words[w + 7 * S] ^ L);
      if (differs !== 0) break;
    }
    while (n < limit && words[word + n * S] === L) n++;
    return n;
  }
  while (n < limit && Atomics.load(words, word + n * S) === L) n++;
  return n;
}

/**
 * Moves `rows` requests that stand one after another into columns.
 * @param to all columns in one view, `stride` apart
 * @param row first row to write
 * @param from the ring's data
 * @param lane where the first request (behind its header) begins
 */
export function decodeRun(
  to: BigUint64Array,
  stride: number,
  row: number,
  from: BigUint64Array,
  lane: number,
  rows: number,
): void {
  let done = 0;
  for (; done + BLOCK <= rows; done += BLOCK) {
    decodeBlock(to, stride, row + done, from, lane + done * STRIDE_LANES);
  }
  if (done === rows) return;
  const s = lane + done * STRIDE_LANES;
  for (let l = 0; l < LANES; l++) {
    const d = l * stride + row + done;
    for (let i = 0, at = s + l; i < rows - done; i++, at += STRIDE_LANES) to[d + i] = from[at];
  }
}

/**
 * Sixteen rows of `decodeRun`, each lane unrolled. The `| 0` spare the engine its checks for overflow
 * (half a ns an event); the indices stay far below 2^31.
 */
function decodeBlock(
  to: BigUint64Array,
  stride: number,
  row: number,
  from: BigUint64Array,
  lane: number,
): void {
  let d = row | 0;
  let s = lane | 0;
  for (let l = 0; l < LANES; l++) {
    to[d] = from[s];
    to[(d + 1) | 0] = from[(s + 1 * STRIDE_LANES) | 0];
    to[(d + 2) | 0] = from[(s + 2 * STRIDE_LANES) | 0];
    to[(d + 3) | 0] = from[(s + 3 * STRIDE_LANES) | 0];
    to[(d + 4) | 0] = from[(s + 4 * STRIDE_LANES) | 0];
    to[(d + 5) | 0] = from[(s + 5 * STRIDE_LANES) | 0];
    to[(d + 6) | 0] = from[(s + 6 * STRIDE_LANES) | 0];
    to[(d + 7) | 0] = from[(s + 7 * STRIDE_LANES) | 0];
    to[(d + 8) | 0] = from[(s + 8 * STRIDE_LANES) | 0];
    to[(d + 9) | 0] = from[(s + 9 * STRIDE_LANES) | 0];
    to[(d + 10) | 0] = from[(s + 10 * STRIDE_LANES) | 0];
    to[(d + 11) | 0] = from[(s + 11 * STRIDE_LANES) | 0];
    to[(d + 12) | 0] = from[(s + 12 * STRIDE_LANES) | 0];
    to[(d + 13) | 0] = from[(s + 13 * STRIDE_LANES) | 0];
    to[(d + 14) | 0] = from[(s + 14 * STRIDE_LANES) | 0];
    to[(d + 15) | 0] = from[(s + 15 * STRIDE_LANES) | 0];
    d = (d + stride) | 0;
    s = (s + 1) | 0;
  }
}

/**
 * Drains at most about `limit` records into the queue and commits: rows are published, then the ring
 * position moves. Never blocks.
 */
export function drain(ring: RingReader, queue: EventQueue, limit: number): DrainResult {
  const result: DrainResult = {
    queued: 0,
    full: false,
    busy: false,
    discarded: 0,
    malformed: 0,
    corrupt: 0,
    bytes: 0,
  };
  const { words, lanes } = ring;
  const { all, stride } = queue.columns;
  const start = ring.offset();
  const available = ring.available();
  const room = Math.min(queue.writable(), limit);
  const row = queue.writeRow;
  let bytes = 0;
  let queued = 0;
  while (bytes < available) {
    const at = start + bytes;
    const run = plainRun(
      words,
      at >>> 2,
      Math.min(room - queued, Math.floor((available - bytes) / STRIDE)),
    );
    if (run > 0) {
      decodeRun(all, stride, row + queued, lanes, (at + BPF_RINGBUF_HDR_BYTES) >>> 3, run);
      queued += run;
      bytes += run * STRIDE;
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
      decodeRun(all, stride, row + queued, lanes, (at + BPF_RINGBUF_HDR_BYTES) >>> 3, 1);
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
 * position. To be called once, before the first `drain`.
 * @returns bytes skipped in the ring
 */
export function finishCommit(ring: RingReader, queue: EventQueue): number {
  const pending = queue.pendingCommit();
  if (pending === null) return 0;
  const ahead = ((BigInt(pending.high) << 32n) | BigInt(pending.low)) - ring.position();
  if (ahead <= 0n || ahead > BigInt(ring.available())) return 0;
  ring.advance(Number(ahead));
  return Number(ahead);
}
