/**
 * The control block: one piece of shared memory in which the workers leave heartbeats and figures,
 * and in which the controller asks them to stop. No message is needed to read or write it.
 *
 * A counter and a summary have one writer each (the role its name begins with), so plain stores of
 * aligned doubles are enough and cost about a nanosecond; doubles count exactly up to 2^53.
 * Heartbeats, stop flags and generations are 32-bit atomics.
 * @module
 */
import { type CounterName, COUNTERS, SUMMARIES, type SummaryName } from "./control_names.ts";
import type { WorkerRole } from "./messages.ts";

/** The workers that watch SMB, in the order of the data. */
export const ROLES: readonly WorkerRole[] = ["dispatcher", "watcher", "collector"];
/** Every worker that has a slot here: those, and the event log's and the platform's, supervised on their own. */
const SLOTS: readonly WorkerRole[] = [...ROLES, "event_log", "platform"];

/** Buckets of a summary's histogram: bucket `i` holds values in [2^(i-1), 2^i), bucket 0 those < 1. */
export const HISTOGRAM_BUCKETS = 48;

/** "aodC", the first word of a control block. */
const MAGIC = 0x616f6443;
const HEADER_WORDS = 4;
const ROLE_WORDS = 4;
const SUMMARY_FIELDS = 3 + HISTOGRAM_BUCKETS;
const WORDS = HEADER_WORDS + SLOTS.length * ROLE_WORDS;
const WORDS_BYTES = WORDS * 4;
const TOTAL_BYTES = WORDS_BYTES + 8 * (COUNTERS.length + SUMMARIES.length * SUMMARY_FIELDS);

const COUNTER_INDEX = new Map<string, number>(COUNTERS.map((name, i) => [name, i]));
const SUMMARY_INDEX = new Map<string, number>(SUMMARIES.map((name, i) => [name, i]));
const ROLE_INDEX = new Map<string, number>(SLOTS.map((role, i) => [role, i]));

/** What has been observed under one name; units are in the name. */
export interface Summary {
  /** Observations. */
  count: number;
  /** Their sum. */
  sum: number;
  /** The largest. */
  max: number;
  /** Log2 histogram, see {@linkcode HISTOGRAM_BUCKETS}. */
  buckets: number[];
}

/** Shared heartbeats, stop flags, counters and summaries. */
export class ControlBlock {
  /** Handed to the workers. */
  readonly buffer: SharedArrayBuffer;
  /** False with `--minimal`: summaries are not kept. Counters always are, the loss ledger needs them. */
  readonly metrics: boolean;
  readonly #words: Int32Array;
  readonly #counters: Float64Array;
  readonly #summaries: Float64Array;
  /** Generation of every role when this view was made: a replaced worker's view is fenced off. */
  readonly #generations: number[];

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, WORDS);
    this.#counters = new Float64Array(buffer, WORDS_BYTES, COUNTERS.length);
    this.#summaries = new Float64Array(buffer, WORDS_BYTES + 8 * COUNTERS.length);
    this.metrics = this.#words[1] === 1;
    this.#generations = SLOTS.map((role) => this.generation(role));
  }

  /** Makes a new block; `metrics: false` keeps no summaries (`--minimal`). */
  static create(options: { metrics?: boolean } = {}): ControlBlock {
    const buffer = new SharedArrayBuffer(TOTAL_BYTES);
    const words = new Int32Array(buffer, 0, WORDS);
    words[0] = MAGIC;
    words[1] = options.metrics === false ? 0 : 1;
    return new ControlBlock(buffer);
  }

  /**
   * A view of a block made in another thread. Attach once, at the start message: the view belongs to
   * the worker's present generation.
   * @throws {TypeError} when the buffer is not a control block of this build
   */
  static attach(buffer: SharedArrayBuffer): ControlBlock {
    if (buffer.byteLength !== TOTAL_BYTES || new Int32Array(buffer, 0, 1)[0] !== MAGIC) {
      throw new TypeError(`Cannot attach the control block: because ${buffer.byteLength} bytes`);
    }
    return new ControlBlock(buffer);
  }

  /** Says that `role` is alive; at least once a second from its main loop. A fenced view's beat is void. */
  beat(role: WorkerRole): void {
    const at = wordOf(role);
    if (this.replaced(role)) return;
    Atomics.add(this.#words, at, 1);
  }

  /** Number of heartbeats so far (wraps at 2^32): what counts is whether it changes. */
  beats(role: WorkerRole): number {
    return Atomics.load(this.#words, wordOf(role)) >>> 0;
  }

  /** True when the worker that holds this view must leave its loop: asked to stop, or replaced. */
  stopRequested(role: WorkerRole): boolean {
    return Atomics.load(this.#words, wordOf(role) + 1) !== 0 || this.replaced(role);
  }

  /** True when another worker has taken the place of the one that holds this view. */
  replaced(role: WorkerRole): boolean {
    return Atomics.load(this.#words, wordOf(role) + 2) !== this.#generations[indexOf(role)];
  }

  /** Asks `role` to leave its loop, and wakes it where it sleeps in `Atomics.wait` on this block. */
  requestStop(role: WorkerRole): void {
    const at = wordOf(role);
    Atomics.store(this.#words, at + 1, 1);
    Atomics.notify(this.#words, at + 1);
  }

  /** Sleeps up to `timeoutMs` or until a stop is asked for. Workers only; true when asked to stop. */
  waitStop(role: WorkerRole, timeoutMs: number): boolean {
    const at = wordOf(role);
    if (!this.stopRequested(role)) Atomics.wait(this.#words, at + 1, 0, timeoutMs);
    return this.stopRequested(role);
  }

  /** How many workers this role has had before. */
  generation(role: WorkerRole): number {
    return Atomics.load(this.#words, wordOf(role) + 2);
  }

  /** Fences off the present worker of `role` and clears its stop flag: its replacement may attach. */
  nextGeneration(role: WorkerRole): number {
    const at = wordOf(role);
    const next = Atomics.add(this.#words, at + 2, 1) + 1;
    Atomics.notify(this.#words, at + 1);
    Atomics.store(this.#words, at + 1, 0);
    this.#generations[indexOf(role)] = next;
    return next;
  }

  /** Adds to a counter; only from the thread the name belongs to. */
  add(name: CounterName, n = 1): void {
    this.#counters[COUNTER_INDEX.get(name)!] += n;
  }

  /** Sets a gauge, or a total that is counted elsewhere. */
  set(name: CounterName, value: number): void {
    this.#counters[COUNTER_INDEX.get(name)!] = value;
  }

  /** A counter's value. */
  get(name: CounterName): number {
    return this.#counters[COUNTER_INDEX.get(name)!];
  }

  /** Every counter by name. */
  counters(): Record<CounterName, number> {
    return Object.fromEntries(COUNTERS.map((name, i) => [name, this.#counters[i]])) as Record<
      CounterName,
      number
    >;
  }

  /** Index of a counter for {@linkcode addAt}, for the hottest loops. */
  counterIndex(name: CounterName): number {
    return COUNTER_INDEX.get(name)!;
  }

  /** {@linkcode add} without the look-up of the name. */
  addAt(index: number, n: number): void {
    this.#counters[index] += n;
  }

  /** Adds a value to a summary; nothing with `--minimal`. */
  observe(name: SummaryName, value: number): void {
    if (!this.metrics) return;
    const at = SUMMARY_INDEX.get(name)! * SUMMARY_FIELDS;
    const s = this.#summaries;
    s[at] += 1;
    s[at + 1] += value;
    if (value > s[at + 2]) s[at + 2] = value;
    s[at + 3 + bucketOf(value)] += 1;
  }

  /** A summary's values. */
  summary(name: SummaryName): Summary {
    const at = SUMMARY_INDEX.get(name)! * SUMMARY_FIELDS;
    const s = this.#summaries;
    const buckets = Array.from(s.subarray(at + 3, at + SUMMARY_FIELDS));
    return { count: s[at], sum: s[at + 1], max: s[at + 2], buckets };
  }
}

/** Upper bound of the histogram bucket in which quantile `q` lies (0 when nothing was observed). */
export function quantile(summary: Summary, q: number): number {
  let left = Math.ceil(summary.count * q);
  for (let i = 0; i < summary.buckets.length && summary.count > 0; i++) {
    left -= summary.buckets[i];
    if (left <= 0) return Math.min(2 ** i, summary.max);
  }
  return summary.max;
}

function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  const bucket = value < 2 ** 31 ? 32 - Math.clz32(value) : Math.floor(Math.log2(value)) + 1;
  return Math.min(bucket, HISTOGRAM_BUCKETS - 1);
}

function indexOf(role: WorkerRole): number {
  const index = ROLE_INDEX.get(role);
  if (index === undefined) throw new TypeError(`Cannot find a worker role: because of "${role}"`);
  return index;
}

function wordOf(role: WorkerRole): number {
  return HEADER_WORDS + indexOf(role) * ROLE_WORDS;
}
