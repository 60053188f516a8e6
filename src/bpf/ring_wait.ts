/**
 * Sleeping until a ring has something: epoll on its descriptor, on another thread, so that the
 * isolate goes on handling messages.
 * @module
 */
import { SyscallError } from "../os/errno.ts";
import { check, closeFd, errno, libc } from "../os/libc.ts";

const EPOLL_CTL_ADD = 1; // include/uapi/linux/eventpoll.h
const EPOLLIN = 1;
const EPOLL_CLOEXEC = 0o2000000;
const EFD_NONBLOCK_CLOEXEC = 0o2004000;
/** sizeof(struct epoll_event) on x86-64 (packed); elsewhere it is 16. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const MAX_EVENTS = 4;

/** Waits for one descriptor. */
export class RingWaiter {
  #epoll = -1;
  #kick = -1;
  /**
   * The kernel writes events here from another thread, perhaps after a terminated worker's heap is
   * gone: C memory, given back only by `close`.
   */
  readonly #events: Deno.PointerObject;
  #waiting = false;

  /**
   * Makes an epoll descriptor for `fd` and a way to end a wait.
   * @throws SyscallError
   */
  constructor(fd: number) {
    const c = libc();
    const events = c.malloc(BigInt(EVENT_BYTES * MAX_EVENTS));
    if (events === null) throw new SyscallError("malloc", errno());
    this.#events = events;
    try {
      this.#epoll = check(c.epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
      this.#kick = check(c.eventfd(0, EFD_NONBLOCK_CLOEXEC), "eventfd");
      this.#add(fd);
      this.#add(this.#kick);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #add(fd: number): void {
    const event = new Uint8Array(16);
    new DataView(event.buffer).setUint32(0, EPOLLIN, true);
    check(libc().epoll_ctl(this.#epoll, EPOLL_CTL_ADD, fd, event), "epoll_ctl");
  }

  /** Fulfilled when the ring has data and its producer woke us, at a `kick`, or after the timeout. */
  async wait(timeout_ms: number): Promise<void> {
    this.#waiting = true;
    await libc().epoll_wait_async(this.#epoll, this.#events, MAX_EVENTS, timeout_ms);
    this.#waiting = false;
    libc().read(this.#kick, new Uint8Array(8), 8n);
  }

  /** Ends a `wait` that is under way. */
  kick(): void {
    if (!this.#waiting) return;
    const one = new Uint8Array(8);
    one[0] = 1;
    libc().write(this.#kick, one, 8n);
  }

  /** Gives everything back; not while a `wait` is under way. */
  close(): void {
    if (this.#waiting) return;
    if (this.#epoll >= 0) closeFd(this.#epoll);
    if (this.#kick >= 0) closeFd(this.#kick);
    libc().free(this.#events);
  }
}
