/**
 * Compresses a stream into one zstd frame: level 3, with checksum, in bounded memory.
 * @module
 */
import { constants, createZstdCompress } from "node:zlib";
import type { Transform } from "node:stream";

/** The level of bundles. */
export const ZSTD_LEVEL = 3;

/** A compressor whose output goes to `sink`; `write` waits while the compressor is behind. */
export class ZstdWriter {
  readonly #stream: Transform;
  readonly #done: Promise<void>;
  #failed: unknown = null;

  constructor(sink: (chunk: Uint8Array) => Promise<void>) {
    const stream = createZstdCompress({
      params: {
        [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    });
    this.#stream = stream;
    this.#done = (async () => {
      for await (const chunk of stream) await sink(chunk as Uint8Array);
    })();
    // A failing sink must also end a write that waits for room.
    this.#done.catch((error) => {
      this.#failed = error;
      stream.destroy();
    });
  }

  /**
   * Compresses a copy of the bytes. It waits until they are taken: with a write still pending, the
   * end of the stream would append an empty second frame (node:zlib ends the frame twice then).
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    if (this.#failed !== null) throw this.#failed;
    const taken = new Promise<void>((resolve) =>
      this.#stream.write(bytes.slice(), () => resolve())
    );
    await Promise.race([taken, this.#done]);
  }

  /** Ends the frame and waits until the sink has everything. */
  async end(): Promise<void> {
    this.#stream.end();
    await this.#done;
  }
}
