/**
 * Moves runs of plain requests from a ring into columns.
 *
 * This is the way without the native library: lane by lane, sixteen rows at a time (16 records are
 * 2 KB and stay in the first cache while each lane is picked out of them). Row by row, by 32-bit words
 * or by DataView it takes three to five times as long.
 * @module
 */
import { BPF_RINGBUF_HDR_BYTES, recordBytes, type RingReader } from "../bpf/ring.ts";
import { SMB_REQUEST_BYTES } from "../probe/smb/layout.gen.ts";
import type { Columns } from "./columns.ts";

/**
 * Decodes at most `limit` finished plain requests that stand one after another from byte `offset` of
 * the ring's data into row `row` and following. Bytes and rows asked for must be there.
 * @returns how many it decoded: it stops at the first other record
 */
export type RunDecoder = (offset: number, row: number, limit: number) => number;

/** Bytes from one plain request to the next. */
export const PLAIN_BYTES: number = recordBytes(SMB_REQUEST_BYTES);

const LANES = SMB_REQUEST_BYTES / 8;
/** The same in the units of the views. */
const STRIDE_LANES = PLAIN_BYTES / 8;
const STRIDE_WORDS = PLAIN_BYTES / 4;
const BLOCK = 16;

const isTso = Deno.build.arch === "x86_64";

/** The decoder for a ring and columns that needs nothing else. */
export function portableDecoder(ring: RingReader, columns: Columns): RunDecoder {
  const { words, lanes } = ring;
  const { all, stride } = columns;
  return (offset, row, limit) => {
    const rows = plainRun(words, offset >>> 2, limit);
    decodeRun(all, stride, row, lanes, (offset + BPF_RINGBUF_HDR_BYTES) >>> 3, rows);
    return rows;
  };
}

/** Decodes the request part of the one finished record at `offset`, whatever follows in it. */
export function decodeNamed(
  ring: RingReader,
  columns: Columns,
  offset: number,
  row: number,
): void {
  const lane = (offset + BPF_RINGBUF_HDR_BYTES) >>> 3;
  decodeRun(columns.all, columns.stride, row, ring.lanes, lane, 1);
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
