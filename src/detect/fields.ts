/**
 * Where the detectors find the fields of a record in columns: lane `offset >> 3`, word
 * `2 * row + ((offset >> 2) & 1)` of it. Offsets are those of `struct aod_smb_request`.
 * @module
 */

/** A batch in columns: one lane per eight bytes of the record, two words a row. */
export interface RowColumns {
  readonly u32: readonly Uint32Array[];
}

/** `enum aod_smb_type`. */
export const TYPE = { REQUEST: 1, RECONNECT: 2, CREDIT: 3, OP_ERROR: 4, CONNECT_ERROR: 5 } as const;

/** `enum aod_smb_flag`, the ones a decision depends on. */
export const FLAG = {
  COMPOUNDED: 1 << 0,
  TREE_VALID: 1 << 1,
  STATUS_VALID: 1 << 2,
  SPLIT_VALID: 1 << 3,
  BYTES_VALID: 1 << 4,
  IN_FLIGHT: 1 << 7,
  WAS_REPORTED: 1 << 8,
  DROPPED: 1 << 12,
  INTERIM: 1 << 14,
  WAITS_BY_DESIGN: 1 << 15,
} as const;

/** Byte offsets of the fields in `struct aod_smb_request`. */
export const OFFSET = {
  type: 0,
  command: 2,
  flags: 4,
  end_ns: 8,
  latency_ns: 16,
  session_id: 24,
  message_id: 32,
  connection_id: 40,
  request_id: 56,
  tree_id: 64,
  status: 68,
  error: 72,
  tid: 96,
} as const;

/** Bytes of a record, and its lanes. */
export const RECORD_BYTES = 120;
/** Eight-byte lanes of a record. */
export const RECORD_LANES = RECORD_BYTES >> 3;

/** `AOD_SMB_COMMANDS`: commands are below this, others are malformed. */
export const COMMANDS = 32;

/** The u64 field at `offset` as bigint: ids stay exact. */
export function bigField(columns: RowColumns, row: number, offset: number): bigint {
  const lane = columns.u32[offset >> 3];
  return (BigInt(lane[2 * row + 1]) << 32n) | BigInt(lane[2 * row]);
}

/** The u32 field at `offset`. */
export function wordField(columns: RowColumns, row: number, offset: number): number {
  return columns.u32[offset >> 3][2 * row + ((offset >> 2) & 1)];
}

/** A duration in ns as a double: exact below 2^53 ns (104 days). Never for ids. */
export function durationField(columns: RowColumns, row: number, offset: number): number {
  const lane = columns.u32[offset >> 3];
  return lane[2 * row + 1] * 4294967296 + lane[2 * row];
}
