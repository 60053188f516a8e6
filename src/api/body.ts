/**
 * Reads the body of a request, up to a limit.
 * @module
 */
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/**
 * The whole body.
 * @throws {Problem} 413 when it is longer than `limit` bytes, 400 when the client goes away
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const tooLong = () => {
    const how = { Connection: "close" };
    return new Problem(413, `The body is over ${limit} bytes`, how);
  };
  if (Number(request.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLong());
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes <= limit) chunks.push(chunk);
      else reject(tooLong());
    });
    request.on("end", () => resolve(joined(chunks)));
    request.on("error", () => reject(new Problem(400, "The request was cut off")));
  });
}

/** Whether a request says that it has a body. */
export function hasBody(request: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  return coding !== undefined || Number(length ?? 0) > 0;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
