/**
 * Chunks of lines as the pump makes them.
 * @module
 */
import type { Chunk } from "../../src/sink/sink.ts";

/** A chunk of these lines, each with a line feed. */
export function chunkOf(lines: readonly string[]): Chunk {
  const encoder = new TextEncoder();
  const encoded = lines.map((line) => encoder.encode(`${line}\n`));
  const bytes = new Uint8Array(encoded.reduce((sum, line) => sum + line.length, 0));
  const ends = new Uint32Array(encoded.length);
  let at = 0;
  encoded.forEach((line, i) => {
    bytes.set(line, at);
    ends[i] = at += line.length;
  });
  return { bytes, ends };
}
