/**
 * Compresses a stream into one zstd frame: level 3, with checksum, in bounded memory.
 * @module
 */
import { constants, createZstdCompress } from "node:zlib";

/** The level of bundles. */
export const ZSTD_LEVEL = 3;

/**
 * An empty frame with checksum. Ending a frame, node:zlib asks libzstd once more than needed where the
 * output buffer happened to be full, and this comes of it: a second frame, which is left out here.
 */
const EMPTY_FRAME = new Uint8Array([
  ...[0x28, 0xb5, 0x2f, 0xfd], // magic
  ...[0x24, 0x00], // descriptor: single segment, checksum; content size 0
  ...[0x01, 0x00, 0x00], // last raw block of 0 bytes
  ...[0x99, 0xe9, 0xd8, 0x51], // XXH64 of nothing
]);

/** A compressor whose output goes to `sink`, always as one frame. */
export class ZstdWriter {
  readonly #stream = createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  /** Resolves when the sink has taken everything that came out so far. */
  #taken: Promise<void> = Promise.resolve();
  readonly #failed = Promise.withResolvers<never>();

  readonly #sink: (chunk: Uint8Array) => Promise<void>;
  /** The last bytes that came out, held back until it is known whether they are an empty frame. */
  #tail = new Uint8Array(0);
  #passed = 0;

  /**
   * Starts a frame.
   * @param sink takes the compressed bytes; its promise slows the writer down
   */
  constructor(sink: (chunk: Uint8Array) => Promise<void>) {
    this.#sink = sink;
    this.#failed.promise.catch(() => {}); // whoever writes next is told
    this.#stream.on("error", (error) => this.#failed.reject(error));
    this.#stream.on("data", (chunk: Uint8Array) => {
      this.#taken = this.#taken.then(() => this.#take(chunk));
      this.#taken.catch((error) => this.#failed.reject(error));
    });
  }

  /** Compresses a copy of the bytes; returns when the sink has what came of it. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    const copy = bytes.slice();
    await this.#step((done) => this.#stream.write(copy, () => done()));
  }

  /** Ends the frame and waits until the sink has everything. The writer cannot be used again. */
  async end(): Promise<void> {
    await this.#step((done) => this.#stream.flush(constants.ZSTD_e_end, () => done()));
    this.destroy();
    const extra = this.#passed > 0 && EMPTY_FRAME.every((byte, i) => byte === this.#tail[i]);
    if (!extra) await this.#sink(this.#tail);
  }

  /** Frees the compressor; not needed after {@linkcode end}. */
  destroy(): void {
    this.#stream.destroy();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    const joined = new Uint8Array(this.#tail.byteLength + chunk.byteLength);
    joined.set(this.#tail);
    joined.set(chunk, this.#tail.byteLength);
    const cut = Math.max(0, joined.byteLength - EMPTY_FRAME.byteLength);
    this.#tail = joined.slice(cut);
    if (cut === 0) return;
    this.#passed += cut;
    await this.#sink(joined.subarray(0, cut));
  }

  async #step(start: (done: () => void) => void): Promise<void> {
    await Promise.race([new Promise<void>(start), this.#failed.promise]);
    await Promise.race([this.#taken, this.#failed.promise]);
  }
}
