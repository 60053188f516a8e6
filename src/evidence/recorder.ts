/**
 * Reads the kernel flight recorder: every SMB request of the last seconds, fast ones too.
 *
 * The kernel overwrites the slots while they are read. The sequence word of a slot (`bpf/events.h`)
 * tells: 0 is empty, odd is being written, and a value that changes over the copy voids the copy.
 * @module
 */
import { indexKey, lookupElem, mapArrayMmap } from "../bpf/map.ts";
import { decodeRequest } from "../probe/smb/decode.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import {
  SMB_CONTROL_BYTES,
  SMB_CONTROL_OFFSET,
  SMB_NAMED_BYTES,
  SMB_REQUEST_OFFSET,
  SMB_SLOT_BYTES,
  SMB_SLOT_OFFSET,
} from "../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../probe/smb/request.ts";

/** What the recorder held of a span. */
export interface Recording {
  /** By end, earliest first. */
  requests: SmbRequest[];
  /** The span that is whole: everything that ended in it is in `requests`. */
  covered_from_ns: bigint;
  /** Requests that ended up to here are all there. */
  covered_to_ns: bigint;
  /** Requests recorded since the probe was loaded and gone by now. */
  overwritten: bigint;
  /** Slots that were being written while they were read. */
  torn: number;
}

const SLOT_WORDS = SMB_SLOT_BYTES >> 3;
const SEQUENCE_WORD = SMB_SLOT_OFFSET.sequence >> 3;
const END_WORD = (SMB_SLOT_OFFSET.record + SMB_REQUEST_OFFSET.end_ns) >> 3;
/** A slot in use is written in well under a microsecond: two more tries are plenty. */
const TRIES = 3;

/**
 * Reads what ended from `fromNs` to `toNs`, both included.
 * @throws SyscallError when the map cannot be mapped or read
 */
export function readRecorder(handles: ProbeHandles, fromNs: bigint, toNs: bigint): Recording {
  const { maps, recorder_slots } = handles;
  // Before the slots: what is written meanwhile makes the figure too small, never too large.
  const next = nextTicket(maps.smb_control);
  const memory = mapArrayMmap(maps.smb_recorder, recorder_slots * SMB_SLOT_BYTES);
  try {
    return readSlots(memory.buffer, recorder_slots, next, fromNs, toNs);
  } finally {
    memory.unmap();
  }
}

/**
 * Reads slots from memory that the kernel may be writing.
 * @param next the next ticket, read before
 */
export function readSlots(
  buffer: ArrayBufferLike,
  slots: number,
  next: bigint,
  fromNs: bigint,
  toNs: bigint,
): Recording {
  const words = new BigUint64Array(buffer);
  const copy = new BigUint64Array(SLOT_WORDS);
  const view = new DataView(copy.buffer);
  const requests: SmbRequest[] = [];
  let oldest: bigint | null = null;
  let torn = 0;
  for (let slot = 0; slot < slots; slot++) {
    const got = copySlot(words, slot * SLOT_WORDS, copy);
    if (got === "empty") continue;
    if (got === "torn") {
      torn++;
      continue;
    }
    const end = copy[END_WORD];
    if (oldest === null || end < oldest) oldest = end;
    if (end < fromNs || end > toNs) continue;
    requests.push(decodeRequest(view, SMB_SLOT_OFFSET.record, SMB_NAMED_BYTES));
  }
  requests.sort((a, b) => a.end_ns < b.end_ns ? -1 : a.end_ns > b.end_ns ? 1 : 0);
  const overwritten = next > BigInt(slots) ? next - BigInt(slots) : 0n;
  // Tickets are taken in the order of the ends, but for what ends on two CPUs at once.
  const from = overwritten > 0n && oldest !== null && oldest > fromNs ? oldest : fromNs;
  return { requests, covered_from_ns: from, covered_to_ns: toNs, overwritten, torn };
}

/** Copies a slot if it is whole. */
function copySlot(
  words: BigUint64Array,
  at: number,
  copy: BigUint64Array,
): "whole" | "empty" | "torn" {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = Atomics.load(words, at + SEQUENCE_WORD);
    if (before === 0n) return "empty";
    if (before & 1n) continue;
    copy.set(words.subarray(at, at + SLOT_WORDS));
    if (Atomics.load(words, at + SEQUENCE_WORD) === before) return "whole";
  }
  return "torn";
}

function nextTicket(control: number): bigint {
  const value = lookupElem(control, indexKey(0), SMB_CONTROL_BYTES);
  if (value === null) return 0n;
  return new DataView(value.buffer, value.byteOffset)
    .getBigUint64(SMB_CONTROL_OFFSET.recorder_next, true);
}

/** Puts two readings of one recorder together; what both hold is taken once. */
export function mergeRecordings(first: Recording, second: Recording): Recording {
  const seen = new Set(first.requests.map(identity));
  const requests = [...first.requests];
  for (const r of second.requests) if (!seen.has(identity(r))) requests.push(r);
  requests.sort((a, b) => a.end_ns < b.end_ns ? -1 : a.end_ns > b.end_ns ? 1 : 0);
  // Where the second reading begins after the end of the first, only the later part is whole.
  const joined = second.covered_from_ns <= first.covered_to_ns;
  return {
    requests,
    covered_from_ns: joined ? first.covered_from_ns : second.covered_from_ns,
    covered_to_ns: second.covered_to_ns,
    overwritten: second.overwritten,
    torn: second.torn,
  };
}

function identity(r: SmbRequest): string {
  return `${r.request_id}/${r.end_ns}/${r.tid}/${r.message_id}`;
}
