/**
 * A block of shared memory seen as columns: one per eight-byte lane of a record (structure of
 * arrays), so that a detector that looks at three fields touches three columns.
 * @module
 */

/** Rows in columns. A field at byte `o` is word `2 * row + ((o >> 2) & 1)` of `u32[o >> 3]`. */
export interface Columns {
  /** Rows of every column: a power of two. */
  readonly rows: number;
  /** Every lane as 32-bit words, two a row. */
  readonly u32: readonly Uint32Array[];
  /** Every lane as 64-bit words, one a row. */
  readonly u64: readonly BigUint64Array[];
  /** All lanes in one view: row `r` of lane `l` is at `l * stride + r`. */
  readonly all: BigUint64Array;
  /** 64-bit words from a lane to the next. */
  readonly stride: number;
}

/**
 * Words between the lanes besides the rows. Lanes a power of two apart would all fall into the same
 * sets of the processor's cache.
 */
const PADDING = 8;

/** Bytes that columns of this size take. */
export function columnBytes(rows: number, lanes: number): number {
  return lanes * (rows + PADDING) * 8;
}

/** Columns over memory that is there: `columnBytes(rows, lanes)` from `offset` on. */
export function viewColumns(
  buffer: SharedArrayBuffer | ArrayBuffer,
  offset: number,
  rows: number,
  lanes: number,
): Columns {
  const stride = rows + PADDING;
  const at = (lane: number) => offset + lane * stride * 8;
  return {
    rows,
    stride,
    all: new BigUint64Array(buffer, offset, lanes * stride),
    u32: Array.from({ length: lanes }, (_, lane) => new Uint32Array(buffer, at(lane), rows * 2)),
    u64: Array.from({ length: lanes }, (_, lane) => new BigUint64Array(buffer, at(lane), rows)),
  };
}
