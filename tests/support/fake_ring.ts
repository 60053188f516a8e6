/**
 * A ring buffer laid out in a memfd as the kernel lays it out, for tests of what no kernel would
 * write. The data is there twice, as in the mapping of a real one.
 * @module
 */
import { RingReader } from "../../src/bpf/ring.ts";
import { check, closeFd, cString, libc } from "../../src/os/libc.ts";
import { mapShared, pageBytes, PROT_READ, PROT_WRITE } from "../../src/os/mmap.ts";

/** BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT. */
export const BUSY = 0x8000_0000;
export const DISCARD = 0x4000_0000;

// Opened here, or the first test that needs it would look as if it leaked it.
libc();

/** A ring that a test writes and a `RingReader` reads. */
export class FakeRing {
  readonly reader: RingReader;
  readonly #fd: number;
  readonly #view: DataView;
  readonly #page: number;
  readonly #unmap: () => void;
  #producer: bigint;

  /** @param position where both positions start */
  constructor(readonly bytes: number, position = 0n) {
    const page = this.#page = pageBytes();
    this.#fd = check(libc().memfd_create(cString("ring"), 1), "memfd_create");
    const size = 2 * page + 2 * bytes;
    check(libc().ftruncate(this.#fd, BigInt(size)), "ftruncate");
    const memory = mapShared(this.#fd, 0, size, PROT_READ | PROT_WRITE);
    this.#unmap = () => memory.unmap();
    this.#view = new DataView(memory.buffer);
    this.#producer = position;
    this.#view.setBigUint64(0, position, true);
    this.#view.setBigUint64(page, position, true);
    this.reader = new RingReader(this.#fd, bytes);
  }

  /** Position the reader has stored. */
  get consumed(): bigint {
    return this.#view.getBigUint64(0, true);
  }

  get produced(): bigint {
    return this.#producer;
  }

  /** Moves the producer position, whatever is there. */
  setProducer(position: bigint): void {
    this.#producer = position;
    this.#view.setBigUint64(this.#page, position, true);
  }

  /** Writes raw bytes at an offset of the data, in both copies. */
  poke(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => {
      const at = (offset + i) % this.bytes;
      this.#view.setUint8(2 * this.#page + at, byte);
      this.#view.setUint8(2 * this.#page + this.bytes + at, byte);
    });
  }

  /** Free bytes. */
  room(): number {
    return this.bytes - Number(this.#producer - this.consumed);
  }

  /**
   * Appends a record with this header; false where there is no room for it.
   * @param length what the header says, the record's bytes by default
   */
  push(record: Uint8Array, flags = 0, length = record.length): boolean {
    const step = ((record.length + 15) >>> 3) * 8;
    if (step > this.room()) return false;
    const at = Number(this.#producer % BigInt(this.bytes));
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, (length | flags) >>> 0, true);
    this.poke(at, header);
    this.poke(at + 8, record);
    this.setProducer(this.#producer + BigInt(step));
    return true;
  }

  close(): void {
    this.reader.close();
    this.#unmap();
    closeFd(this.#fd);
  }
}
