/**
 * Between formatter and sink: two batches, one being filled while the other is being written; counts
 * what became of each event.
 * @module
 */
import { Batch } from "./batch.ts";
import { type Sink, SinkError, type SinkFailure } from "./sink.ts";

/** Bytes of a write under load. */
const CHUNK_BYTES = 1 << 20;

/** What became of the events that were formatted; `formatted = written + lost + waiting`. */
export interface OutletCounts {
  /** Events formatted. */
  formatted: bigint;
  /** Events in the output, whole. */
  written: bigint;
  /** Events that the output did not take, by cause. */
  lost: Record<SinkFailure, bigint>;
}

/** Hands batches to a sink, one write at a time. */
export class Outlet {
  /** Until now. */
  readonly counts: OutletCounts = {
    formatted: 0n,
    written: 0n,
    lost: { disk_full: 0n, closed_pipe: 0n, io: 0n, abandoned: 0n },
  };
  readonly #sink: Sink;
  #filling = new Batch(CHUNK_BYTES + (CHUNK_BYTES >> 2));
  #other = new Batch(CHUNK_BYTES + (CHUNK_BYTES >> 2));
  #writing: Promise<void> | null = null;
  #failure: SinkError | null = null;

  /** One outlet per sink. */
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** The batch to append to. */
  get batch(): Batch {
    return this.#filling;
  }

  /** True when the batch is to be sent before more is appended. */
  get isFull(): boolean {
    return this.#filling.out.length >= CHUNK_BYTES;
  }

  /** What made the sink give up; null while it works. */
  get failure(): SinkError | null {
    return this.#failure;
  }

  /** Fulfilled when no write is under way. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /**
   * Starts to write what was appended; to be called when no write is under way.
   */
  send(): void {
    const batch = this.#filling;
    if (batch.lines === 0) return;
    this.counts.formatted += BigInt(batch.events);
    if (this.#failure !== null) {
      this.#lose(batch.events);
      return batch.clear();
    }
    this.#filling = this.#other;
    this.#other = batch;
    this.#writing = this.#write(batch);
  }

  /** The sink's work by the clock. */
  async tick(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) return;
    try {
      await this.#sink.tick();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Counts what is still being written as lost: nobody waits for it any more. */
  abandon(): void {
    if (this.#writing !== null) this.counts.lost.abandoned += BigInt(this.#other.events);
    this.#writing = null;
    this.#fail(new SinkError("abandoned", "Cannot write the output: because nobody takes it", 0));
  }

  /** Counts an event that is not even formatted, because the sink has failed. */
  drop(): void {
    this.counts.formatted++;
    this.#lose(1);
  }

  /** The first failure counts. */
  #fail(error: unknown): void {
    this.#failure ??= failureOf(error);
  }

  /** Counts events that are not written. */
  #lose(events: number): void {
    this.counts.lost[this.#failure?.reason ?? "io"] += BigInt(events);
  }

  async #write(batch: Batch): Promise<void> {
    let lines = batch.lines;
    try {
      await this.#sink.write(batch.chunk());
    } catch (error) {
      this.#fail(error);
      if (error instanceof SinkError) lines = error.lines;
      else lines = 0;
    }
    if (this.#writing === null) return; // abandoned
    const written = lines === batch.lines ? batch.events : batch.eventsIn(lines);
    this.counts.written += BigInt(written);
    this.#lose(batch.events - written);
    batch.clear();
    this.#writing = null;
  }
}

function failureOf(error: unknown): SinkError {
  if (error instanceof SinkError) return error;
  return new SinkError("io", error instanceof Error ? error.message : String(error), 0);
}
