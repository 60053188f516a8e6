/**
 * Where the detectors find the fields of a record in columns: lane `offset >> 3`, word
 * `2 * row + ((offset >> 2) & 1)` of it.
 * @module
 */
import {
  SMB_FLAG,
  SMB_REQUEST_BYTES,
  SMB_REQUEST_OFFSET,
  SMB_TYPE,
} from "../probe/smb/layout.gen.ts";

/** A batch in columns: one lane per eight bytes of the record, two words a row. */
export interface RowColumns {
  /** One array per lane. */
  readonly u32: readonly Uint32Array[];
}

/** `enum aod_smb_type`. */
export const TYPE: typeof SMB_TYPE = SMB_TYPE;
/** `enum aod_smb_flag`. */
export const FLAG: typeof SMB_FLAG = SMB_FLAG;
/** Byte offsets of the fields in `struct aod_smb_request`. */
export const OFFSET: typeof SMB_REQUEST_OFFSET = SMB_REQUEST_OFFSET;
/** Bytes of a record. */
export const RECORD_BYTES: typeof SMB_REQUEST_BYTES = SMB_REQUEST_BYTES;
/** Eight-byte lanes of a record. */
export const RECORD_LANES = RECORD_BYTES >> 3;
/** `AOD_SMB_COMMANDS`: commands are below this, others are malformed. */
export const COMMANDS = 32;
/** What the upper half of a 64-bit field counts in. */
export const TWO_32 = 4294967296;

/** The u64 field at `offset` as bigint: ids stay exact. */
export function bigField(columns: RowColumns, row: number, offset: number): bigint {
  const lane = columns.u32[offset >> 3];
  return (BigInt(lane[2 * row + 1]) << 32n) | BigInt(lane[2 * row]);
}

/** The u32 field at `offset`. */
export function wordField(columns: RowColumns, row: number, offset: number): number {
  return columns.u32[offset >> 3][2 * row + ((offset >> 2) & 1)];
}
