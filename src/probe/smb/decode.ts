/**
 * From a record's bytes, or its row in columns, to a request in full. Only for the few that are kept;
 * decisions are made on columns.
 * @module
 */
import type { SmbRequest } from "./request.ts";
import {
  SMB_FLAG,
  SMB_NAMED_BYTES,
  SMB_NAMED_NAME_BYTES,
  SMB_NAMED_OFFSET,
  SMB_REQUEST_BYTES,
  SMB_REQUEST_COMM_BYTES,
  SMB_REQUEST_OFFSET as AT,
} from "./layout.gen.ts";

/** Columns as src/stream/columns.ts makes them; this room knows no queue. */
export interface RequestColumns {
  /** One lane for each eight bytes of a record, two words a row. */
  readonly u32: readonly Uint32Array[];
}

const decoder = new TextDecoder();

/** Text up to the first NUL; bytes that are no UTF-8 become U+FFFD. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * Decodes the record at `offset`.
 * @param size bytes of the record: 120, or 248 with a name; longer ones are read as far as known
 * @throws RangeError where it is shorter than a request or lies beyond the view
 */
export function decodeRequest(view: DataView, offset: number, size: number): SmbRequest {
  if (size < SMB_REQUEST_BYTES) {
    throw new RangeError(`Cannot decode a record: because it has ${size} bytes`);
  }
  const u32 = (at: number) => view.getUint32(offset + at, true);
  const u64 = (at: number) => view.getBigUint64(offset + at, true);
  const bytes = (at: number, length: number) =>
    new Uint8Array(view.buffer, view.byteOffset + offset + at, length).slice();
  const request: SmbRequest = {
    type: view.getUint16(offset + AT.type, true),
    command: view.getUint16(offset + AT.command, true),
    flags: u32(AT.flags),
    end_ns: u64(AT.end_ns),
    latency_ns: u64(AT.latency_ns),
    session_id: u64(AT.session_id),
    message_id: u64(AT.message_id),
    connection_id: u64(AT.connection_id),
    cgroup_id: u64(AT.cgroup_id),
    request_id: u64(AT.request_id),
    tree_id: u32(AT.tree_id),
    status: u32(AT.status),
    error: view.getInt32(offset + AT.error, true),
    bytes: u32(AT.bytes),
    queue_us: u32(AT.queue_us),
    wire_us: u32(AT.wire_us),
    wake_us: u32(AT.wake_us),
    pid: u32(AT.pid),
    tid: u32(AT.tid),
    uid: u32(AT.uid),
    comm: text(bytes(AT.comm, SMB_REQUEST_COMM_BYTES)),
  };
  if ((request.flags & SMB_FLAG.HAS_NAME) !== 0 && size >= SMB_NAMED_BYTES) {
    request.name = text(bytes(SMB_NAMED_OFFSET.name, SMB_NAMED_NAME_BYTES));
  }
  return request;
}

const rowBytes = new Uint8Array(SMB_REQUEST_BYTES);
const rowWords = new Uint32Array(rowBytes.buffer);
const rowView = new DataView(rowBytes.buffer);

/** Decodes row `row` of columns. */
export function requestFromColumns(columns: RequestColumns, row: number): SmbRequest {
  for (let lane = 0; lane < SMB_REQUEST_BYTES / 8; lane++) {
    rowWords[2 * lane] = columns.u32[lane][2 * row];
    rowWords[2 * lane + 1] = columns.u32[lane][2 * row + 1];
  }
  return decodeRequest(rowView, 0, SMB_REQUEST_BYTES);
}
