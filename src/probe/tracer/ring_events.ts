/**
 * The ring of a tracer as events, a bounded number at a time.
 * @module
 */
import { RingReader } from "../../bpf/ring.ts";
import { wallOffsetNs } from "../../os/clock.ts";
import type { TracerEvent } from "./event.ts";

/** Decodes the record at `offset`; null where it is none. `seconds` makes a wall time of its clock. */
export type RecordDecoder = (
  data: DataView,
  offset: number,
  bytes: number,
  seconds: (monotonic_ns: bigint) => number,
) => Omit<TracerEvent, "event_id" | "source"> | null;

/** Reads one ring; at most one reader at a time. */
export class TracerRing {
  readonly #ring: RingReader;
  readonly #source: string;
  readonly #decode: RecordDecoder;
  readonly #nextId: () => string;
  #malformed = 0;
  #told = 0;

  /**
   * Maps the ring.
   * @param source as events have it: `eBPF::` and the name of the tracer
   * @param nextId gives each event of the run its own number
   * @throws SyscallError
   */
  constructor(
    fd: number,
    ring_bytes: number,
    source: string,
    decode: RecordDecoder,
    nextId: () => string,
  ) {
    this.#ring = new RingReader(fd, ring_bytes);
    this.#source = source;
    this.#decode = decode;
    this.#nextId = nextId;
  }

  /** Records that could not be decoded; they are counted as lost. */
  get malformed(): number {
    return this.#malformed;
  }

  /** At most `limit` events, oldest first. */
  take(limit: number): TracerEvent[] {
    const events: TracerEvent[] = [];
    if (this.#ring.available() === 0) return events;
    const offset_ns = wallOffsetNs();
    const seconds = (monotonic_ns: bigint) => Number(monotonic_ns + offset_ns) / 1e9;
    const { corrupt } = this.#ring.walk((offset, bytes) => {
      const event = this.#decode(this.#ring.data, offset, bytes, seconds);
      if (event === null) this.#malformed++;
      else events.push({ event_id: this.#nextId(), source: this.#source, ...event });
    }, limit);
    this.#malformed += corrupt;
    return events;
  }

  /** An event that tells of `lost_total` losses since the load, where there are more than were told. */
  loss(lost_total: number, cause: string): TracerEvent | null {
    const lost = lost_total - this.#told;
    if (lost <= 0) return null;
    this.#told = lost_total;
    return {
      event_id: this.#nextId(),
      event_type: "loss",
      timestamp: Date.now() / 1000,
      source: this.#source,
      data: { lost, cause },
    };
  }

  /** Unmaps the ring. */
  close(): void {
    this.#ring.close();
  }
}
