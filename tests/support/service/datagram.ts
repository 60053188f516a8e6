/**
 * A real unix datagram socket that keeps what it receives, by path or abstract name.
 * @module
 */
import { cString } from "../../../src/os/libc.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const MSG_DONTWAIT = 0x40;

/** Receives datagrams. */
export class DatagramSocket implements Disposable {
  readonly #library = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #fd: number;

  /** @param name a path, or `@name` for an abstract one */
  constructor(name: string) {
    this.#fd = this.#library.symbols.socket(1, 2, 0);
    const path = cString(name);
    const address = new Uint8Array(2 + path.length - (name.startsWith("@") ? 1 : 0));
    address[0] = 1;
    address.set(path.subarray(0, address.length - 2), 2);
    if (name.startsWith("@")) address[2] = 0;
    if (this.#library.symbols.bind(this.#fd, address, address.length) !== 0) {
      throw new Error(`Cannot bind ${name}`);
    }
  }

  /** The next datagram, or null when there is none. */
  next(): string | null {
    const bytes = new Uint8Array(65_536);
    const { recv } = this.#library.symbols;
    const n = Number(recv(this.#fd, bytes, BigInt(bytes.length), MSG_DONTWAIT));
    return n < 0 ? null : new TextDecoder().decode(bytes.subarray(0, n));
  }

  /** Everything that has arrived. */
  all(): string[] {
    const all: string[] = [];
    for (let message = this.next(); message !== null; message = this.next()) all.push(message);
    return all;
  }

  [Symbol.dispose](): void {
    this.#library.symbols.close(this.#fd);
    this.#library.close();
  }
}

/** In front of a command: it runs in a mount namespace where the socket `log` of a directory is /dev/log. */
export function withSystemLog(dir: string): string[] {
  const script = `mount -t tmpfs -o mode=755 none /dev
mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/zero c 1 5; mknod -m 666 /dev/urandom c 1 9
ln -s '${dir}/log' /dev/log
exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"];
}
