/**
 * Compresses a stream into one zstd frame: level 3, with checksum, in bounded memory.
 * @module
 */
import { constants, createZstdCompress } from "node:zlib";

/** The level of bundles. */
export const ZSTD_LEVEL = 3;

/**
 * A compressor whose output goes to `sink`. The frame is ended by a flush with ZSTD_e_end, not by the
 * end of the node stream: that ends a frame twice, which appends an empty second one.
 */
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

  constructor(sink: (chunk: Uint8Array) => Promise<void>) {
    this.#failed.promise.catch(() => {}); // whoever writes next is told
    this.#stream.on("error", (error) => this.#failed.reject(error));
    this.#stream.on("data", (chunk: Uint8Array) => {
      this.#taken = this.#taken.then(() => sink(chunk));
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
  }

  /** Frees the compressor; not needed after {@linkcode end}. */
  destroy(): void {
    this.#stream.destroy();
  }

  async #step(start: (done: () => void) => void): Promise<void> {
    await Promise.race([new Promise<void>(start), this.#failed.promise]);
    await Promise.race([this.#taken, this.#failed.promise]);
  }
}
