/**
 * Connections that ask the API again and again, and the time of each answer.
 * @module
 */
import net from "node:net";

/** What they ask, and when they end. */
export interface Asking {
  port: number;
  token: string;
  path: string;
  connections: number;
  /** From an answer to the next question of a connection; 0: at once. */
  pause_ms: number;
  /** No more questions. */
  isOver: () => boolean;
}

/** One connection. */
class Asker {
  readonly times_ms: number[] = [];
  readonly done: Promise<void>;
  #begun_ms = 0;
  #left = 0;
  #head = "";

  constructor({ port, token, path, pause_ms, isOver }: Asking) {
    const headers = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
    const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    this.done = new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1");
      const ask = () => {
        if (isOver()) return socket.destroy();
        this.#begun_ms = performance.now();
        socket.write(request);
      };
      // Not all at the same moment.
      socket.on("connect", () => setTimeout(ask, Math.random() * pause_ms));
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk: Uint8Array) => {
        if (!this.#take(chunk)) return;
        this.times_ms.push(performance.now() - this.#begun_ms);
        if (pause_ms > 0) setTimeout(ask, pause_ms);
        else ask();
      });
    });
  }

  /** Whether the answer is whole. */
  #take(chunk: Uint8Array): boolean {
    if (this.#left > 0) {
      this.#left -= chunk.byteLength;
      return this.#left === 0;
    }
    this.#head += new TextDecoder("latin1").decode(chunk);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#head.slice(0, end);
    if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(head);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    this.#left = length - (this.#head.length - end - 4);
    this.#head = "";
    return this.#left === 0;
  }
}

/** Times of all answers in ms, sorted. */
export async function askAll(asking: Asking): Promise<number[]> {
  const askers = Array.from({ length: asking.connections }, () => new Asker(asking));
  await Promise.all(askers.map(({ done }) => done));
  return askers.flatMap(({ times_ms }) => times_ms).sort((a, b) => a - b);
}
