/**
 * Decompresses one zstd frame by libzstd, strictly: a frame that is cut, has no checksum, is corrupt
 * or is followed by anything else is an error. (node:zlib returns the part it could read as if it
 * were whole.)
 * @module
 */
import { openNativeLibrary } from "../os/native_library.ts";

const SYMBOLS = {
  ZSTD_createDStream: { parameters: [], result: "pointer" },
  ZSTD_freeDStream: { parameters: ["pointer"], result: "usize" },
  ZSTD_decompressStream: { parameters: ["pointer", "buffer", "buffer"], result: "usize" },
  ZSTD_isError: { parameters: ["usize"], result: "u32" },
  ZSTD_getErrorName: { parameters: ["usize"], result: "pointer" },
} as const;

type Zstd = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Magic number of a zstd frame, RFC 8878 3.1.1. */
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Content_Checksum_flag of the frame header descriptor, RFC 8878 3.1.1.1.1. */
const CHECKSUM_FLAG = 0x04;
const OUTPUT_BYTES = 131_072;

/** Compressed data that is not one whole, sound frame. */
export class ZstdError extends Error {
  /** Name of the class. */
  override name = "ZstdError";
}

let library: Zstd | null = null;

/** libzstd: the agent's own, or the system's in a source tree that was not built. */
function zstd(): Zstd {
  library ??= openNativeLibrary(SYMBOLS, "libzstd.so.1").symbols;
  return library;
}

/** Decompresses a frame given in chunks. Call {@linkcode close} in any case. */
export class ZstdReader implements Disposable {
  readonly #zstd = zstd();
  readonly #stream: Deno.PointerValue;
  readonly #output = new Uint8Array(new ArrayBuffer(OUTPUT_BYTES));
  /** ZSTD_outBuffer and ZSTD_inBuffer: address, size, position. */
  readonly #out = new BigUint64Array(new ArrayBuffer(24));
  readonly #in = new BigUint64Array(new ArrayBuffer(24));
  readonly #head: number[] = [];
  #ended = false;
  #held: Uint8Array | null = null;

  constructor() {
    this.#stream = this.#zstd.ZSTD_createDStream();
    if (this.#stream === null) throw new ZstdError("Cannot decompress: because of no memory");
  }

  /**
   * The decompressed parts of this chunk. A part is valid until the next one is asked for.
   * @throws {ZstdError} when the data is corrupt or goes on after the frame
   */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#checkHead(chunk);
    // Memory of its own, outside the garbage collector's reach while libzstd holds its address.
    const input = new Uint8Array(new ArrayBuffer(chunk.byteLength));
    input.set(chunk);
    this.#held = input;
    this.#in[0] = address(input);
    this.#in[1] = BigInt(input.byteLength);
    this.#in[2] = 0n;
    for (;;) {
      if (this.#ended) {
        if (this.#in[2] < BigInt(this.#held?.byteLength ?? 0)) {
          throw new ZstdError("Cannot decompress: trailing data");
        }
        return;
      }
      this.#out[0] = address(this.#output);
      this.#out[1] = BigInt(OUTPUT_BYTES);
      this.#out[2] = 0n;
      const hint = this.#zstd.ZSTD_decompressStream(
        this.#stream,
        new Uint8Array(this.#out.buffer),
        new Uint8Array(this.#in.buffer),
      );
      if (this.#zstd.ZSTD_isError(hint) !== 0) {
        throw new ZstdError(`Cannot decompress: because of ${this.#errorName(hint)}`);
      }
      const produced = Number(this.#out[2]);
      if (hint === 0n) this.#ended = true;
      if (produced > 0) yield this.#output.subarray(0, produced);
      if (!this.#ended && produced < OUTPUT_BYTES && this.#in[2] === this.#in[1]) return;
    }
  }

  /**
   * Says that the data has ended.
   * @throws {ZstdError} when the frame is not complete
   */
  end(): void {
    if (!this.#ended) throw new ZstdError("Cannot decompress: because the data ends too early");
  }

  /** Frees the decompressor. */
  [Symbol.dispose](): void {
    this.#zstd.ZSTD_freeDStream(this.#stream);
  }

  #checkHead(chunk: Uint8Array): void {
    for (let i = 0; this.#head.length < 5 && i < chunk.byteLength; i++) this.#head.push(chunk[i]);
    if (this.#head.some((byte, i) => i < 4 && byte !== MAGIC[i])) {
      throw new ZstdError("Cannot decompress: because it is not zstd");
    }
    if (this.#head.length === 5 && (this.#head[4] & CHECKSUM_FLAG) === 0) {
      throw new ZstdError("Cannot decompress: because the frame has no checksum");
    }
  }

  #errorName(code: bigint): string {
    const pointer = this.#zstd.ZSTD_getErrorName(code);
    return pointer === null ? `error ${code}` : new Deno.UnsafePointerView(pointer).getCString();
  }
}

function address(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
