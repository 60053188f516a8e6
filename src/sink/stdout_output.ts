/**
 * write(2) to stdout on another thread. (The runtime's own stdout is buffered by lines: when a reader
 * goes it does not say how much had been taken.)
 * @module
 */
import { EAGAIN, EINTR, SyscallError } from "../os/errno.ts";
import { systemCalls } from "../os/system_calls.ts";

const STDOUT = 1;
const EPIPE = 32; // include/uapi/asm-generic/errno-base.h
const POLLOUT = 4; // include/uapi/asm-generic/poll.h
const POLLERR = 8;
/** PIPE_BUF, include/uapi/linux/limits.h: a pipe that poll(2) says is ready takes so much at once. */
const PIPE_BUF = 4096;

const SYMBOLS = {
  write: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
} as const;

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;

function symbols(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  library ??= Deno.dlopen("libc.so.6", SYMBOLS);
  return library.symbols;
}

/** What stdout is ready for: POLLOUT, POLLERR, without waiting. */
function ready(): number {
  const pollfd = new Uint8Array(8);
  const view = new DataView(pollfd.buffer);
  view.setInt32(0, STDOUT, true);
  view.setInt16(4, POLLOUT, true);
  return symbols().poll(pollfd, 1n, 0) === 1 ? view.getUint16(6, true) : 0;
}

/** Whether stdout is a pipe that nobody reads any more. */
export function isReaderGone(): boolean {
  return (ready() & POLLERR) !== 0;
}

/**
 * Writes some of the bytes, which stay as they are until this is fulfilled.
 * @returns how many
 * @throws Deno.errors.WouldBlock, Deno.errors.BrokenPipe, SyscallError
 */
export async function writeStdout(bytes: Uint8Array): Promise<number> {
  const taken = Number(
    await symbols().write(STDOUT, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length)),
  );
  return taken >= 0 ? taken : writeReady(bytes);
}

/** A call on another thread has no errno: what can be written without waiting tells it. */
function writeReady(bytes: Uint8Array): number {
  const events = ready();
  if ((events & POLLERR) !== 0) throw new Deno.errors.BrokenPipe("its reader is gone");
  if ((events & POLLOUT) === 0) throw new Deno.errors.WouldBlock();
  const some = new Uint8Array(bytes.subarray(0, PIPE_BUF));
  const taken = systemCalls().aod_write(STDOUT, some, BigInt(some.length));
  if (taken >= 0) return taken;
  const code = -taken;
  if (code === EPIPE) throw new Deno.errors.BrokenPipe("its reader is gone");
  if (code === EAGAIN) throw new Deno.errors.WouldBlock();
  if (code === EINTR) throw new Deno.errors.Interrupted();
  throw new SyscallError("write", code);
}
