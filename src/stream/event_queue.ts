/**
 * The event queue: a bounded ring of rows in shared memory, one producer and one consumer in
 * different threads, columns as in columns.ts, with an exact ledger.
 *
 * When it is full the producer leaves records where they are, in the kernel's ring; what finds no
 * room there is counted by the kernel side. So the queue itself never drops.
 * @module
 */
import { columnBytes, type Columns, viewColumns } from "./columns.ts";
import { type Ledger, LEDGER_BYTES, LEDGER_INDEX, readLedger } from "./ledger.ts";

/** "aodQ", the first word of a queue. */
const MAGIC = 0x616f6451;
const W = {
  magic: 0,
  rows: 1,
  lanes: 2,
  /** Rows ever published, modulo 2^32; the producer's. */
  head: 3,
  /** Rows ever consumed, modulo 2^32; the consumer's. */
  tail: 4,
  /** 1 while the consumer sleeps or is about to. */
  waiting: 5,
  /** Changes at every wake-up: what the consumer sleeps on. */
  wake: 6,
  /** What `commit` is about to do, so that a new producer can finish it; see `pendingCommit`. */
  pending_head: 7,
  pending_low: 8,
  pending_high: 9,
} as const;
const HEADER_BYTES = 64;
const COLUMNS_AT = HEADER_BYTES + LEDGER_BYTES;

/** A single-producer, single-consumer queue of rows. */
export class EventQueue {
  /** All of it: hand this to another thread and `attach` there. */
  readonly buffer: SharedArrayBuffer;
  /** The rows. */
  readonly columns: Columns;
  /** Eight-byte lanes of a row. */
  readonly lanes: number;
  readonly #words: Int32Array;
  readonly #ledger: Float64Array;
  readonly #mask: number;
  /** Own copies of the side that this view writes. */
  #head: number;
  #tail: number;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#ledger = new Float64Array(buffer, HEADER_BYTES, LEDGER_BYTES / 8);
    this.lanes = this.#words[W.lanes];
    this.columns = viewColumns(buffer, COLUMNS_AT, this.#words[W.rows], this.lanes);
    this.#mask = this.columns.rows - 1;
    this.#head = Atomics.load(this.#words, W.head) >>> 0;
    this.#tail = Atomics.load(this.#words, W.tail) >>> 0;
  }

  /**
   * A new, empty queue.
   * @param rows a power of two
   * @param lanes eight-byte lanes of a record; 15 is a `struct aod_smb_request`
   */
  static create(rows: number, lanes = 15): EventQueue {
    if (!Number.isInteger(Math.log2(rows)) || rows < 16 || rows > 1 << 24) {
      throw new RangeError(`Cannot create a queue: because ${rows} rows is no power of two`);
    }
    const buffer = new SharedArrayBuffer(COLUMNS_AT + columnBytes(rows, lanes));
    const words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    words[W.magic] = MAGIC;
    words[W.rows] = rows;
    words[W.lanes] = lanes;
    return new EventQueue(buffer);
  }

  /**
   * The queue in memory made by another thread. A view is used as producer or as consumer, not both.
   * @throws TypeError when it is no queue of this build
   */
  static attach(buffer: SharedArrayBuffer): EventQueue {
    if (buffer.byteLength > COLUMNS_AT) {
      const [magic, rows, lanes] = new Int32Array(buffer, 0, 3);
      if (magic === MAGIC && buffer.byteLength === COLUMNS_AT + columnBytes(rows, lanes)) {
        return new EventQueue(buffer);
      }
    }
    throw new TypeError(`Cannot attach the event queue: because ${buffer.byteLength} bytes`);
  }

  // ---- producer

  /** Row to write next. */
  get writeRow(): number {
    return this.#head & this.#mask;
  }

  /** Rows that can be written from `writeRow` on without going round the end. */
  writable(): number {
    const used = (this.#head - (Atomics.load(this.#words, W.tail) >>> 0)) >>> 0;
    return Math.min(this.columns.rows - used, this.columns.rows - this.writeRow);
  }

  /**
   * Notes that `rows` written rows are to be published together with the ring position that follows
   * them. A producer that ends between `publish` and the move of that position is finished by its
   * successor (`pendingCommit`): nothing is lost and nothing comes twice.
   */
  prepare(rows: number, ringLow: number, ringHigh: number): void {
    const words = this.#words;
    // First no note at all: half of a new one beside the head of the last would be taken for whole.
    Atomics.store(words, W.pending_head, (this.#head - 1) | 0);
    words[W.pending_low] = ringLow | 0;
    words[W.pending_high] = ringHigh | 0;
    Atomics.store(words, W.pending_head, (this.#head + rows) | 0);
  }

  /** Makes `rows` written rows readable, and wakes the consumer where it sleeps. */
  publish(rows: number): void {
    this.#head = (this.#head + rows) >>> 0;
    this.#ledger[LEDGER_INDEX.queued] += rows;
    Atomics.store(this.#words, W.head, this.#head | 0);
    if (Atomics.load(this.#words, W.waiting) !== 0) this.wake();
  }

  /** Ring position of the last `prepare`, if the rows it spoke of have been published; else null. */
  pendingCommit(): { low: number; high: number } | null {
    const words = this.#words;
    if (Atomics.load(words, W.pending_head) !== Atomics.load(words, W.head)) return null;
    return { low: words[W.pending_low] >>> 0, high: words[W.pending_high] >>> 0 };
  }

  /**
   * Takes back what a predecessor had entered in the ledger for rows that it never published: they
   * are still in the ring and come again. To be called before this producer's first row.
   */
  settleLedger(): void {
    const ledger = this.#ledger;
    ledger[LEDGER_INDEX.queued] -= (ledger[LEDGER_INDEX.queued] % 2 ** 32 - this.#head) >>> 0;
    ledger[LEDGER_INDEX.taken] = ledger[LEDGER_INDEX.queued] +
      ledger[LEDGER_INDEX.dropped_malformed];
  }

  /** Adds to the producer's entries of the ledger. */
  count(entry: keyof Ledger, n: number): void {
    this.#ledger[LEDGER_INDEX[entry]] += n;
  }

  // ---- consumer

  /** Row to read first. */
  get readRow(): number {
    return this.#tail & this.#mask;
  }

  /** Rows that can be read from `readRow` on without going round the end; more may follow. */
  readable(): number {
    return Math.min(this.size(), this.columns.rows - this.readRow);
  }

  /** Gives `rows` read rows back to the producer. */
  consume(rows: number): void {
    this.#tail = (this.#tail + rows) >>> 0;
    this.#ledger[LEDGER_INDEX.consumed] += rows;
    Atomics.store(this.#words, W.tail, this.#tail | 0);
  }

  /** Sleeps until there is something to read, a `wake`, or the timeout. Workers only. */
  wait(timeout_ms: number): void {
    const seen = this.#beforeSleep();
    if (seen === null) return;
    Atomics.wait(this.#words, W.wake, seen, timeout_ms);
    Atomics.store(this.#words, W.waiting, 0);
  }

  /** `wait` that leaves the thread free for messages. */
  async waitAsync(timeout_ms: number): Promise<void> {
    const seen = this.#beforeSleep();
    if (seen === null) return;
    const sleep = Atomics.waitAsync(this.#words, W.wake, seen);
    if (sleep.async) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // A timeout given to waitAsync itself neither keeps the event loop alive nor wakes it (Deno
      // 2.9); the wake-up at the end takes this sleeper out of the engine's list.
      const timer = setTimeout(() => {
        resolve();
        this.wake();
      }, timeout_ms);
      void sleep.value.then(() => resolve());
      await promise;
      clearTimeout(timer);
    }
    Atomics.store(this.#words, W.waiting, 0);
  }

  /** Says that it is going to sleep; null when there is something to read after all. */
  #beforeSleep(): number | null {
    const seen = Atomics.load(this.#words, W.wake);
    Atomics.store(this.#words, W.waiting, 1);
    if (this.size() === 0) return seen;
    Atomics.store(this.#words, W.waiting, 0);
    return null;
  }

  // ---- both

  /** Ends a `wait`; any thread. */
  wake(): void {
    Atomics.add(this.#words, W.wake, 1);
    Atomics.notify(this.#words, W.wake);
  }

  /** Rows in the queue, as this side sees it. */
  size(): number {
    const head = Atomics.load(this.#words, W.head) >>> 0;
    const tail = Atomics.load(this.#words, W.tail) >>> 0;
    return (head - tail) >>> 0;
  }

  /** The ledger at this moment. */
  ledger(): Ledger {
    return readLedger(this.#ledger);
  }
}
