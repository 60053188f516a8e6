/**
 * Follows the kernel flight recorder: every request once, as they end, without a system call. The
 * recorder is written whether anybody follows it or not, so that this costs the kernel nothing.
 * @module
 */
import { mapArrayMmap, type MappedMemory } from "../../bpf/map.ts";
import type { ProbeHandles } from "./handles.ts";
import {
  SMB_CONTROL_BYTES,
  SMB_CONTROL_OFFSET,
  SMB_REQUEST_OFFSET as AT,
  SMB_SLOT_BYTES,
  SMB_SLOT_OFFSET,
} from "./layout.gen.ts";

/** What is told of a request: numbers only, and the object is used again for the next. */
export interface TailRequest {
  /** enum aod_smb_type. */
  type: number;
  /** MS-SMB2 2.2.1.2 Command. */
  command: number;
  /** enum aod_smb_flag. */
  flags: number;
  /** NTSTATUS, valid with STATUS_VALID. */
  status: number;
  /** Negative errno, 0 for none. */
  error: number;
  /** Valid with TREE_VALID. */
  tree_id: number;
  /** From start to end. */
  latency_ns: number;
  /** 0 where it is not known. */
  connection_id: bigint;
  /** 0 before there is a session. */
  session_id: bigint;
}

const SLOT_WORDS = SMB_SLOT_BYTES >> 3;
const SEQUENCE_WORD = SMB_SLOT_OFFSET.sequence >> 3;
const RECORD = SMB_SLOT_OFFSET.record;
/** A slot that is being written when its turn comes is looked at again this often. */
const PATIENCE = 3;

/** Reads on where it stopped. */
export class RecorderTail {
  readonly #memory: MappedMemory;
  readonly #control: MappedMemory;
  readonly #words: BigUint64Array;
  readonly #next: BigUint64Array;
  readonly #slots: number;
  readonly #copy = new BigUint64Array(SLOT_WORDS);
  readonly #view = new DataView(this.#copy.buffer);
  readonly #request: TailRequest = {
    ...{ type: 0, command: 0, flags: 0, status: 0, error: 0, tree_id: 0, latency_ns: 0 },
    ...{ connection_id: 0n, session_id: 0n },
  };
  #ticket: number;
  #waited = 0;
  /** Requests that were overwritten before they were read, or not written in time. */
  missed = 0;

  /**
   * Begins with what ends from now on.
   * @throws SyscallError where a map cannot be mapped
   */
  constructor({ maps, recorder_slots }: Pick<ProbeHandles, "maps" | "recorder_slots">) {
    this.#slots = recorder_slots;
    this.#control = mapArrayMmap(maps.smb_control, SMB_CONTROL_BYTES);
    try {
      this.#memory = mapArrayMmap(maps.smb_recorder, recorder_slots * SMB_SLOT_BYTES);
    } catch (error) {
      this.#control.unmap();
      throw error;
    }
    this.#words = new BigUint64Array(this.#memory.buffer);
    const at = SMB_CONTROL_OFFSET.recorder_next;
    this.#next = new BigUint64Array(this.#control.buffer, at, 1);
    this.#ticket = this.#head();
  }

  /** Hands over what has ended since; at most so many. @returns how many that were */
  poll(take: (request: TailRequest) => void, most = 8192): number {
    const head = this.#head();
    const oldest = head - this.#slots;
    if (this.#ticket < oldest) {
      this.missed += oldest - this.#ticket;
      this.#ticket = oldest;
    }
    let taken = 0;
    for (; this.#ticket < head && taken < most; this.#ticket++) {
      const state = this.#read(this.#ticket);
      if (state === "early" && this.#waited++ < PATIENCE) break;
      this.#waited = 0;
      if (state !== "whole") {
        this.missed++;
        continue;
      }
      take(this.#decode());
      taken++;
    }
    return taken;
  }

  /** Requests that wait. */
  get waiting(): number {
    return Math.max(0, this.#head() - this.#ticket);
  }

  /** Unmaps it. */
  close(): void {
    this.#memory.unmap();
    this.#control.unmap();
  }

  #head(): number {
    return Number(Atomics.load(this.#next, 0));
  }

  /** Copies the slot of a ticket: sequence 2t + 2 when it is written, less before, more after. */
  #read(ticket: number): "whole" | "early" | "gone" {
    const at = (ticket & (this.#slots - 1)) * SLOT_WORDS;
    const written = 2n * BigInt(ticket) + 2n;
    const before = Atomics.load(this.#words, at + SEQUENCE_WORD);
    if (before < written) return "early";
    if (before > written) return "gone";
    this.#copy.set(this.#words.subarray(at, at + SLOT_WORDS));
    return Atomics.load(this.#words, at + SEQUENCE_WORD) === written ? "whole" : "gone";
  }

  #decode(): TailRequest {
    const [view, request] = [this.#view, this.#request];
    request.type = view.getUint16(RECORD + AT.type, true);
    request.command = view.getUint16(RECORD + AT.command, true);
    request.flags = view.getUint32(RECORD + AT.flags, true);
    request.status = view.getUint32(RECORD + AT.status, true);
    request.error = view.getInt32(RECORD + AT.error, true);
    request.tree_id = view.getUint32(RECORD + AT.tree_id, true);
    request.latency_ns = Number(view.getBigUint64(RECORD + AT.latency_ns, true));
    request.connection_id = view.getBigUint64(RECORD + AT.connection_id, true);
    request.session_id = view.getBigUint64(RECORD + AT.session_id, true);
    return request;
  }
}
