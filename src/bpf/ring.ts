/**
 * A BPF ring buffer (kernel/bpf/ringbuf.c) mapped and read in place.
 *
 * The kernel gives a page with the consumer position (ours to write), a page with the producer
 * position, and the data twice in a row, so that a record never wraps. A record is an 8-byte header
 * (u32 length with two flag bits, u32 page offset) and its data, padded to 8 bytes. The consumer
 * position lives in the kernel: a reader that replaces another goes on where that one was.
 *
 * Positions are 64 bits and grow for ever. Differences and offsets need only their low 32 bits (a
 * ring is at most 2^30 bytes); the whole is written at once, as the kernel reads it.
 * @module
 */
import { type MappedMemory, mapShared, pageBytes, PROT_READ, PROT_WRITE } from "../os/mmap.ts";

/** include/uapi/linux/bpf.h */
export const BPF_RINGBUF_BUSY_BIT = 1 << 31;
/** The producer gave the record up. */
export const BPF_RINGBUF_DISCARD_BIT = 1 << 30;
/** sizeof(struct bpf_ringbuf_hdr) */
export const BPF_RINGBUF_HDR_BYTES = 8;
const LENGTH_MASK = BPF_RINGBUF_DISCARD_BIT - 1;

/** Gets every record: its bytes are at `offset` of `RingReader.data`, valid until it returns. */
export type RecordHandler = (offset: number, bytes: number) => void;

/** What one walk over the ring did. */
export interface WalkResult {
  /** Records handed over. */
  records: number;
  /** Slots that the producer gave up. */
  discarded: number;
  /** Record headers that cannot be: the reader has gone to the producer position instead. */
  corrupt: number;
  /** Bytes taken, headers and padding included. */
  bytes: number;
}

/**
 * Loads a header so that what follows it is not read earlier. On x86-64 loads are not reordered and
 * a plain one will do; `Atomics.load` is a call of 5 ns.
 */
const isTso = Deno.build.arch === "x86_64";

/** Reads one BPF ring buffer; at most one reader at a time. */
export class RingReader {
  readonly #consumerPage: MappedMemory;
  readonly #producerPage: MappedMemory;
  readonly #consumer64: BigInt64Array;
  readonly #consumer32: Int32Array;
  readonly #producer32: Int32Array;
  /** Low and high half of the consumer position; ours alone. */
  #low: number;
  #high: number;
  /** Size of the data; the views below are twice as long. */
  readonly bytes: number;
  /** `bytes - 1` */
  readonly mask: number;
  /** The data, as bytes. */
  readonly data: DataView;
  /** The data, as 32-bit words. */
  readonly words: Int32Array;
  /** The data, as 64-bit words. */
  readonly lanes: BigUint64Array;

  /**
   * Maps the ring `fd`.
   * @param bytes its `max_entries`: a power of two
   * @throws SyscallError
   */
  constructor(fd: number, bytes: number) {
    const page = pageBytes();
    this.bytes = bytes;
    this.mask = bytes - 1;
    this.#consumerPage = mapShared(fd, 0, page, PROT_READ | PROT_WRITE);
    try {
      this.#producerPage = mapShared(fd, page, page + 2 * bytes, PROT_READ);
    } catch (error) {
      this.#consumerPage.unmap();
      throw error;
    }
    this.#consumer64 = new BigInt64Array(this.#consumerPage.buffer, 0, 1);
    this.#consumer32 = new Int32Array(this.#consumerPage.buffer, 0, 2);
    this.#producer32 = new Int32Array(this.#producerPage.buffer, 0, 2);
    const buffer = this.#producerPage.buffer;
    this.data = new DataView(buffer, page, 2 * bytes);
    this.words = new Int32Array(buffer, page, bytes / 2);
    this.lanes = new BigUint64Array(buffer, page, bytes / 4);
    const position = Atomics.load(this.#consumer64, 0);
    this.#low = Number(BigInt.asUintN(32, position));
    this.#high = Number(position >> 32n);
  }

  /** Address of the data, for C; not after `close`. */
  get dataPointer(): Deno.PointerObject {
    const address = Deno.UnsafePointer.value(this.#producerPage.pointer) + BigInt(pageBytes());
    const pointer = Deno.UnsafePointer.create(address);
    if (pointer === null) throw new Error("unreachable: a mapping at address 0");
    return pointer;
  }

  /** Bytes between the positions: records, and what is being written. */
  available(): number {
    const bytes = ((Atomics.load(this.#producer32, 0) >>> 0) - this.#low) >>> 0;
    // More than the ring holds cannot be; taking none is safe.
    return bytes > this.bytes ? 0 : bytes;
  }

  /** Offset of the next record's header in `data`. */
  offset(): number {
    return this.#low & this.mask;
  }

  /** Consumer position, for status and tests. */
  position(): bigint {
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** The header of the record at `offset`: bytes, with the busy and discard bits. */
  header(offset: number): number {
    return isTso ? this.words[offset >> 2] : Atomics.load(this.words, offset >> 2);
  }

  /** Halves of the consumer position `bytes` further on. */
  after(bytes: number): { low: number; high: number } {
    const low = this.#low + bytes;
    return { low: low >>> 0, high: low < 2 ** 32 ? this.#high : this.#high + 1 };
  }

  /** Gives `bytes` (whole records) back to the producer. */
  advance(bytes: number): void {
    const low = this.#low + bytes;
    this.#low = low >>> 0;
    if (low < 2 ** 32) {
      Atomics.store(this.#consumer32, 0, low | 0);
      return;
    }
    // Once in 4 GiB both halves change: they must change together.
    this.#high++;
    Atomics.store(this.#consumer64, 0, BigInt.asIntN(64, this.position()));
  }

  /**
   * Hands finished records to `handle`, in order, until there is none or `limit` of them were
   * taken; space is given back once, at the end. A record that is still being written ends the walk.
   * Where `handle` throws, its record counts as taken and the error goes on to the caller.
   */
  walk(handle: RecordHandler, limit: number): WalkResult {
    const result: WalkResult = { records: 0, discarded: 0, corrupt: 0, bytes: 0 };
    const available = this.available();
    const start = this.offset();
    try {
      while (result.bytes < available && result.records < limit) {
        const at = start + result.bytes;
        const header = this.header(at);
        if (header < 0) break; // busy
        const length = header & LENGTH_MASK;
        const step = recordBytes(length);
        if (result.bytes + step > available) {
          result.corrupt++;
          result.bytes = available;
          break;
        }
        result.bytes += step;
        if ((header & BPF_RINGBUF_DISCARD_BIT) !== 0) {
          result.discarded++;
          continue;
        }
        result.records++;
        handle(at + BPF_RINGBUF_HDR_BYTES, length);
      }
    } finally {
      if (result.bytes > 0) this.advance(result.bytes);
    }
    return result;
  }

  /** Unmaps the ring; the reader is of no use afterwards. */
  close(): void {
    this.#consumerPage.unmap();
    this.#producerPage.unmap();
  }
}

/** Bytes a record of `length` takes in the ring. */
export function recordBytes(length: number): number {
  return ((length + BPF_RINGBUF_HDR_BYTES + 7) >>> 3) * 8;
}
