/**
 * Keeps the newest packets of a capture stream (pcap savefile format) within a number of bytes.
 * @module
 */

/** struct pcap_file_header, pcap-savefile(5). */
const FILE_HEADER_BYTES = 24;
/** struct pcap_sf_pkthdr: seconds, fraction, captured length, length on the wire. */
const PACKET_HEADER_BYTES = 16;
const MAGIC_US = 0xa1b2c3d4;
const MAGIC_NS = 0xa1b23c4d;
/** Packets are kept and dropped in chunks of about this size. */
const CHUNK_BYTES = 65_536;

/** Takes a pcap stream in pieces of any size; gives back a valid file of the newest packets. */
export class PacketRing {
  readonly #limit: number;
  #header: Uint8Array | null = null;
  #littleEndian = true;
  /** Bytes that are not a whole packet yet. */
  #rest = new Uint8Array(0);
  #chunks: { bytes: Uint8Array[]; size: number }[] = [];
  #size = 0;
  #dropped = 0;

  /**
   * An empty ring.
   * @param limit bytes of packets kept
   */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of packets that had to make room. */
  get droppedBytes(): number {
    return this.#dropped;
  }

  /**
   * Takes the next piece of the stream.
   * @throws {Error} when the stream is not pcap
   */
  push(piece: Uint8Array): void {
    let data = new Uint8Array(this.#rest.byteLength + piece.byteLength);
    data.set(this.#rest);
    data.set(piece, this.#rest.byteLength);
    if (this.#header === null) {
      if (data.byteLength < FILE_HEADER_BYTES) {
        this.#rest = data;
        return;
      }
      this.#readFileHeader(data.slice(0, FILE_HEADER_BYTES));
      data = data.subarray(FILE_HEADER_BYTES);
    }
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let end = 0;
    while (end + PACKET_HEADER_BYTES <= data.byteLength) {
      const length = PACKET_HEADER_BYTES + view.getUint32(end + 8, this.#littleEndian);
      if (length > this.#limit) throw new Error("Cannot keep packets: because one has no end");
      if (end + length > data.byteLength) break;
      end += length;
    }
    if (end > 0) this.#keep(data.slice(0, end));
    this.#rest = data.slice(end);
  }

  /** A pcap file of what is kept; empty when nothing was captured. */
  contents(): Uint8Array[] {
    return this.#header === null ? [] : [this.#header, ...this.#chunks.flatMap((c) => c.bytes)];
  }

  #readFileHeader(header: Uint8Array): void {
    const view = new DataView(header.buffer);
    const magics = [MAGIC_US, MAGIC_NS];
    this.#littleEndian = magics.includes(view.getUint32(0, true));
    if (!this.#littleEndian && !magics.includes(view.getUint32(0, false))) {
      throw new Error("Cannot keep packets: because the stream is not pcap");
    }
    this.#header = header;
  }

  /** Adds whole packets; whole chunks make room. */
  #keep(packets: Uint8Array): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.size + packets.byteLength > CHUNK_BYTES) {
      this.#chunks.push({ bytes: [packets], size: packets.byteLength });
    } else {
      last.bytes.push(packets);
      last.size += packets.byteLength;
    }
    this.#size += packets.byteLength;
    while (this.#size > this.#limit && this.#chunks.length > 1) {
      const oldest = this.#chunks.shift();
      this.#size -= oldest?.size ?? 0;
      this.#dropped += oldest?.size ?? 0;
    }
  }
}
