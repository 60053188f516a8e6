/**
 * bpf(2): works in every worker, without libbpf.
 *
 * The kernel reads pointers out of the attribute block, so whatever they point to must not move: all
 * of it lives in one scratch block per isolate, off the JavaScript heap.
 * @module
 */
import { SyscallError } from "../os/errno.ts";
import { systemCalls } from "../os/system_calls.ts";

/** The commands that are used: enum bpf_cmd, include/uapi/linux/bpf.h. */
export const BPF_CMD = {
  BPF_MAP_CREATE: 0,
  BPF_MAP_LOOKUP_ELEM: 1,
  BPF_MAP_UPDATE_ELEM: 2,
  BPF_MAP_DELETE_ELEM: 3,
  BPF_MAP_GET_NEXT_KEY: 4,
  BPF_PROG_TEST_RUN: 10,
  BPF_PROG_GET_FD_BY_ID: 13,
  BPF_OBJ_GET_INFO_BY_FD: 15,
  BPF_ENABLE_STATS: 32,
} as const;

/** Bytes kept for union bpf_attr; the kernel accepts a longer, zeroed tail. */
const ATTR_BYTES = 144;

/** The attribute block and, behind it, the data it points to. */
export class BpfScratch {
  #memory = new ArrayBuffer(0);
  #address = 0n;
  /** The attribute block. */
  attr = new DataView(this.#memory);

  /** A block of one page; it grows when more is asked for. */
  constructor() {
    this.#grow(4096);
  }

  #grow(bytes: number): void {
    this.#memory = new ArrayBuffer(bytes);
    this.#address = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#memory)));
    this.attr = new DataView(this.#memory, 0, ATTR_BYTES);
  }

  /** Clears the attribute block and makes room for `dataBytes` of data. */
  begin(dataBytes: number): DataView {
    if (ATTR_BYTES + dataBytes > this.#memory.byteLength) this.#grow(ATTR_BYTES + dataBytes);
    new Uint8Array(this.#memory, 0, ATTR_BYTES).fill(0);
    return this.attr;
  }

  /** `length` bytes of data at `offset`; valid until the next `begin`. */
  data(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory, ATTR_BYTES + offset, length);
  }

  /** Address of the data at `offset`, for the attribute block. */
  address(offset: number): bigint {
    return this.#address + BigInt(ATTR_BYTES + offset);
  }

  /** Runs the command: the result, or the negative errno. */
  call(command: number): number {
    const block = new Uint8Array(this.#memory, 0, ATTR_BYTES);
    return systemCalls().aod_bpf(command, block, ATTR_BYTES);
  }

  /**
   * Runs the command.
   * @throws SyscallError
   */
  mustCall(command: number): number {
    const result = this.call(command);
    if (result < 0) throw bpfError(command, -result);
    return result;
  }
}

/** The error for a failed bpf(2) command; `errno` is positive. */
export function bpfError(command: number, errno: number): SyscallError {
  const name = Object.entries(BPF_CMD).find(([, value]) => value === command)?.[0] ?? command;
  return new SyscallError(`bpf(${name})`, errno);
}

/** The scratch block of this isolate. bpf(2) calls are synchronous, so one is enough. */
export const scratch = new BpfScratch();
