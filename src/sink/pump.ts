/**
 * Drains the ring of the event log through a formatter into a sink.
 *
 * Four states. *Busy*: the ring fills as fast as it is read; turns of some ms, between which signals
 * are handled. *Under load*: a nap between two turns, short enough for the ring, in which the kernel
 * wakes nobody. *Now and then*: a longer sleep in which events come together; only a burst wakes.
 * *Idle*: sleep for seconds, woken by the first event.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { mapArrayMmap } from "../bpf/map.ts";
import { RingReader } from "../bpf/ring.ts";
import { RingWaiter } from "../bpf/ring_wait.ts";
import type { MappedMemory } from "../os/mmap.ts";
import {
  LOG_CONFIG_BYTES,
  LOG_CONFIG_OFFSET,
  LOG_TYPE,
  LOG_WAKE,
} from "../probe/event_log/layout.gen.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import type { Formatter } from "./formatter.ts";
import { Outlet, type OutletCounts } from "./outlet.ts";
import type { Sink, SinkError } from "./sink.ts";

/** Records between two looks at the clock and at the size of the batch. */
const WALK_RECORDS = 256;
/** A turn ends after this. */
const TURN_MS = 8;
/** What a nap lets come together: it is still in the processor's cache. */
const NAP_BYTES = 1 << 20;
const NAP_MIN_MS = 2;
const NAP_MAX_MS = 40;
/** More than the kernel side has ever been seen to write, in bytes per ms: half the ring in a nap. */
const BURST_BYTES_PER_MS = 400_000;
/** What makes a write worth while; less is kept for a while, though not while it sleeps. */
const SEND_BYTES = 1 << 16;
const SEND_MS = 200;
const IDLE_MS = 2_000;
/** As long as few events may be kept in any case. */
const DOZE_MS = SEND_MS;
const TICK_MS = 1_000;

/** What of a loaded event log the pump needs. */
export interface PumpHandles {
  /** Map name to descriptor: log_events and log_config. */
  maps: Record<string, number>;
  /** Bytes of the ring. */
  ring_bytes: number;
}

/** What the pump has done. */
export interface PumpCounts extends OutletCounts {
  /** Records taken from the ring, of all kinds. */
  records: bigint;
  /** Events that the formatter made nothing of: their records make no sense. */
  malformed: bigint;
  /** Times that the ring's positions made no sense. */
  corrupt: bigint;
  /** Times it slept, until woken or for a while. */
  sleeps: bigint;
}

/** Who looks after a pump. */
export interface PumpWatch {
  /** Asked before every turn; false ends it, whatever is in the ring: another has taken its place. */
  mayGoOn(): boolean;
  /** Told after every step in which records were taken from the ring. */
  progressed(): void;
}

/** The one reader of one ring. */
export class LogPump {
  readonly #ring: RingReader;
  readonly #waiter: RingWaiter;
  readonly #config: MappedMemory;
  readonly #waiting: Int32Array;
  readonly #formatter: Formatter;
  readonly #outlet: Outlet;
  readonly #maxNap: number;
  readonly #watch: PumpWatch | null;
  #stopped = false;
  /** Ends the wait that is under way. */
  #wake: () => void = () => {};
  #records = 0n;
  #malformed = 0n;
  #corrupt = 0n;
  #sleeps = 0n;
  #tickAt = 0;
  #sentAt = 0;

  /**
   * Maps the ring and the configuration.
   * @throws SyscallError
   */
  constructor(handles: PumpHandles, formatter: Formatter, sink: Sink, watch?: PumpWatch) {
    this.#formatter = formatter;
    this.#watch = watch ?? null;
    this.#outlet = new Outlet(sink);
    this.#ring = new RingReader(handles.maps.log_events, handles.ring_bytes);
    this.#config = mapArrayMmap(handles.maps.log_config, LOG_CONFIG_BYTES, true);
    this.#waiting = new Int32Array(this.#config.buffer, LOG_CONFIG_OFFSET.reader_waiting, 1);
    this.#waiter = new RingWaiter(handles.maps.log_events);
    const half = handles.ring_bytes / 2 / BURST_BYTES_PER_MS;
    this.#maxNap = Math.min(NAP_MAX_MS, Math.max(1, Math.floor(half)));
  }

  /** Until now. */
  get counts(): PumpCounts {
    const { counts } = this.#outlet;
    return {
      ...counts,
      records: this.#records,
      malformed: this.#malformed,
      corrupt: this.#corrupt,
      sleeps: this.#sleeps,
    };
  }

  /** What the sink gave up with; null while it works. */
  get failure(): SinkError | null {
    return this.#outlet.failure;
  }

  /** Events that are formatted and not handed to the sink yet; they are not among `formatted`. */
  get unsent(): number {
    return this.#outlet.batch.events;
  }

  /** Bytes waiting in the ring. */
  backlog(): number {
    return this.#ring.available();
  }

  /** Appends a line that is no event of the ring (a process of the snapshot, a gap). */
  put(append: (out: ByteBuffer) => void): void {
    const { batch } = this.#outlet;
    append(batch.out);
    batch.end(false);
  }

  /** Makes {@link run} return soon. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
    this.#waiter.kick();
  }

  /** Hands events to the sink until stopped, or until the sink fails (see {@link failure}). */
  async run(): Promise<void> {
    let turnAt = performance.now();
    while (!this.#stopped && this.failure === null && this.#mayGoOn()) {
      const taken = this.#fill();
      const now = performance.now();
      const rate = taken.bytes / Math.max(0.1, now - turnAt);
      turnAt = now;
      const isEmpty = taken.bytes === 0 && this.#ring.available() === 0;
      if (isEmpty || taken.more || this.#isDue(now)) await this.#send();
      if (taken.more) await setImmediate();
      else if (isEmpty) await this.#sleep(LOG_WAKE.AT_EVENT, IDLE_MS);
      else if (rate * DOZE_MS < NAP_BYTES) await this.#sleep(LOG_WAKE.AT_BURST, DOZE_MS);
      else await this.#nap(rate);
      if (performance.now() >= this.#tickAt) await this.#tick();
    }
  }

  /**
   * Takes what is left when the kernel side writes no more, and waits until it is written.
   * @param limit_ms after this, what the sink has not taken is given up and counted
   */
  async finish(limit_ms: number): Promise<void> {
    const until = performance.now() + limit_ms;
    // As much as a ring holds, and what came while it was read; never for ever.
    for (let bytes = 0; bytes <= 2 * this.#ring.bytes && this.#mayGoOn();) {
      const taken = this.#fill();
      bytes += taken.bytes;
      await this.#written(until - performance.now());
      this.#outlet.send();
      if (taken.bytes === 0) break;
    }
    await this.#written(until - performance.now());
  }

  /** Waits for the write that is under way; gives it up after the time. */
  async #written(limit_ms: number): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, Math.max(0, limit_ms));
    await this.#unlessWoken(this.#outlet.written());
    clearTimeout(timer);
    if (late) this.#outlet.abandon();
  }

  /** Fulfilled when no write is under way. */
  settled(): Promise<void> {
    return this.#outlet.written();
  }

  /** Unmaps the ring; not while {@link run} is under way. */
  close(): void {
    this.#waiter.close();
    this.#config.unmap();
    this.#ring.close();
  }

  /** Formats what is in the ring until it is empty, the batch is full or the turn is over. */
  #fill(): { bytes: number; more: boolean } {
    const { data } = this.#ring;
    const { batch } = this.#outlet;
    const formatter = this.#formatter;
    const isEvent = (offset: number, bytes: number) =>
      bytes >= 2 && data.getUint16(offset, true) >= LOG_TYPE.CREATE;
    const write = (offset: number, bytes: number) => {
      let isWritten = false;
      try {
        isWritten = formatter.record(data, offset, bytes, batch.out);
      } finally {
        // Also where the formatter throws: the record is taken from the ring.
        if (!isWritten && isEvent(offset, bytes)) this.#malformed++;
      }
      batch.end(isWritten);
    };
    const drop = (offset: number, bytes: number) => {
      if (isEvent(offset, bytes)) this.#outlet.drop();
    };
    const handle = this.failure === null ? write : drop;
    const until = performance.now() + TURN_MS;
    let taken = 0;
    for (;;) {
      const { records, bytes, corrupt } = this.#ring.walk(handle, WALK_RECORDS);
      this.#records += BigInt(records);
      this.#corrupt += BigInt(corrupt);
      this.#watch?.progressed();
      taken += bytes;
      if (records < WALK_RECORDS) return { bytes: taken, more: false };
      if (this.#outlet.isFull || performance.now() >= until) return { bytes: taken, more: true };
    }
  }

  /** Starts the next write when the one before is done; gives up waiting when stopped. */
  async #send(): Promise<void> {
    if (this.#outlet.batch.lines === 0) return;
    await this.#unlessWoken(this.#outlet.written());
    if (this.#stopped) return;
    this.#outlet.send();
    this.#sentAt = performance.now();
  }

  #mayGoOn(): boolean {
    return this.#watch?.mayGoOn() ?? true;
  }

  /** Few events at a time are not worth a write each. */
  #isDue(now: number): boolean {
    return this.#outlet.batch.out.length >= SEND_BYTES || now - this.#sentAt >= SEND_MS;
  }

  #nap(bytesPerMs: number): Promise<void> {
    const wanted = NAP_BYTES / Math.max(1, bytesPerMs);
    const ms = Math.min(this.#maxNap, Math.max(NAP_MIN_MS, wanted));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #sleep(until: number, ms: number): Promise<void> {
    Atomics.store(this.#waiting, 0, until);
    // What came before the store was seen by the kernel side wakes nobody.
    if (this.#ring.available() === 0 && !this.#stopped) {
      this.#sleeps++;
      await this.#waiter.wait(ms);
    }
    Atomics.store(this.#waiting, 0, LOG_WAKE.NEVER);
  }

  async #tick(): Promise<void> {
    if (this.#stopped) return;
    this.#tickAt = performance.now() + TICK_MS;
    await this.#unlessWoken(this.#outlet.tick());
  }

  /** Waits for `work` or for {@link stop}, whichever is first. (`Promise.race` would grow.) */
  #unlessWoken(work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      work.then(resolve);
    });
  }
}
