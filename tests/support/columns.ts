/**
 * Records put into columns, for tests and benchmarks of what reads columns.
 * @module
 */
import { OFFSET, RECORD_LANES, type RowColumns } from "../../src/detect/fields.ts";

/** Fields of a record that a test sets; the rest is 0. */
export interface Row {
  type?: number;
  command?: number;
  flags?: number;
  end_ns?: bigint;
  latency_ns?: bigint;
  session_id?: bigint;
  message_id?: bigint;
  connection_id?: bigint;
  request_id?: bigint;
  tree_id?: number;
  status?: number;
  error?: number;
  tid?: number;
}

/** Columns of `rows` empty rows. */
export function emptyColumns(rows: number): RowColumns {
  return { u32: Array.from({ length: RECORD_LANES }, () => new Uint32Array(2 * rows)) };
}

/** Writes a record into row `at`. */
export function setRow(columns: RowColumns, at: number, row: Row): void {
  for (const lane of columns.u32) lane[2 * at] = lane[2 * at + 1] = 0;
  const word = (offset: number, value: number) => {
    columns.u32[offset >> 3][2 * at + ((offset >> 2) & 1)] = value;
  };
  const big = (offset: number, value: bigint) => {
    word(offset, Number(value & 0xffffffffn));
    word(offset + 4, Number((value >> 32n) & 0xffffffffn));
  };
  word(OFFSET.type, (row.type ?? 1) | ((row.command ?? 0) << 16));
  word(OFFSET.flags, row.flags ?? 0);
  big(OFFSET.end_ns, row.end_ns ?? 0n);
  big(OFFSET.latency_ns, row.latency_ns ?? 0n);
  big(OFFSET.session_id, row.session_id ?? 0n);
  big(OFFSET.message_id, row.message_id ?? 0n);
  big(OFFSET.connection_id, row.connection_id ?? 0n);
  big(OFFSET.request_id, row.request_id ?? 0n);
  word(OFFSET.tree_id, row.tree_id ?? 0);
  word(OFFSET.status, row.status ?? 0);
  word(OFFSET.error, row.error ?? 0);
  word(OFFSET.tid, row.tid ?? 0);
}

/** Columns of these rows, in order. */
export function columnsOf(rows: readonly Row[]): RowColumns {
  const columns = emptyColumns(rows.length);
  rows.forEach((row, at) => setRow(columns, at, row));
  return columns;
}
