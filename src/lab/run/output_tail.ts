/**
 * Reads all that a child prints and keeps the end of it: a child whose output nobody reads would wait.
 * @module
 */

/** What is kept of each stream. */
const TAIL_BYTES = 4096;

/** The end of a stream. */
export class OutputTail {
  /** Bytes read. */
  bytes = 0;
  readonly #most: number;
  #kept = new Uint8Array(0);

  /** Keeps at most `most` bytes. */
  constructor(most = TAIL_BYTES) {
    this.#most = most;
  }

  /** Reads to the end; a stream that breaks has ended. `onChunk` sees everything. */
  async read(
    stream: ReadableStream<Uint8Array>,
    onChunk: (chunk: Uint8Array) => void = () => {},
  ): Promise<void> {
    try {
      for await (const chunk of stream) {
        this.bytes += chunk.byteLength;
        onChunk(chunk);
        const joined = new Uint8Array(this.#kept.byteLength + chunk.byteLength);
        joined.set(this.#kept);
        joined.set(chunk, this.#kept.byteLength);
        this.#kept = joined.slice(-this.#most);
      }
    } catch {
      // Cancelled: what is kept is what there was.
    }
  }

  /** The last lines, without what is not text: it goes to a terminal. */
  lines(most = 10): string[] {
    const text = new TextDecoder().decode(this.#kept);
    // deno-fmt-ignore
    const clean = text.replaceAll("\r", "\n").replace(/[^\P{C}\n\t]/gu, "");
    return clean.split("\n").filter((line) => line.trim() !== "").slice(-most);
  }
}
