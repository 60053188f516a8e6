/**
 * Reads the block tracer, in any thread.
 * @module
 */
import { readTracerCounters } from "../tracer/counters.ts";
import type { TracerEvent, TracerLedger } from "../tracer/event.ts";
import { TracerRing } from "../tracer/ring_events.ts";
import { BLOCK_SOURCE, blockDecoder } from "./decode.ts";
import { DeviceNames } from "./devices.ts";
import { BLOCK_COUNTER } from "./layout.gen.ts";
import type { BlockHandles } from "./load.ts";
import { type BlockRow, BlockRows } from "./rows.ts";

/** Reads events, histograms and the ledger; one reader at a time. */
export class BlockIoReader {
  readonly #handles: BlockHandles;
  readonly #ring: TracerRing;
  readonly #rows: BlockRows;

  /**
   * Maps the ring and the rows.
   * @param nextId gives each event of the run its own number
   * @param sys where sysfs is
   * @throws SyscallError
   */
  constructor(handles: BlockHandles, nextId: () => string, sys = "/sys") {
    const names = new DeviceNames(sys);
    const nameOf = (number: number) => names.of(number);
    this.#handles = handles;
    const { maps, ring_bytes } = handles;
    const decode = blockDecoder(nameOf);
    this.#ring = new TracerRing(maps.block_ring, ring_bytes, BLOCK_SOURCE, decode, nextId);
    try {
      this.#rows = new BlockRows(handles, nameOf);
    } catch (error) {
      this.#ring.close();
      throw error;
    }
  }

  /**
   * Slow, failed and sampled requests since the last time, at most `limit`, with an event of type
   * `loss` where the ring was full.
   * @throws SyscallError
   */
  poll(limit: number): TracerEvent[] {
    const events = this.#ring.take(limit);
    const loss = this.#ring.loss(this.#counters().DROP_RING_FULL, "ring_full");
    if (loss !== null) events.push(loss);
    return events;
  }

  /**
   * Histograms of what completed since the last snapshot; rows without requests are left out.
   * @param all also of rows that do not look as if they were added to; for the last snapshot
   */
  snapshot(all = false): BlockRow[] {
    return this.#rows.take(all);
  }

  /**
   * What became of the requests that completed up to the last snapshot, and of those that never will;
   * `in_flight` is what is left of all that were issued, those that no snapshot has shown yet included.
   * @throws SyscallError
   */
  ledger(): TracerLedger & { issued: number; in_flight: number } {
    const { ISSUED, OWN, EMITTED, DROP_RING_FULL, NO_SLOT, ABANDONED, NO_START } = this.#counters();
    const { malformed } = this.#ring;
    const counted = this.#rows.total;
    const dropped = {
      ring_full: DROP_RING_FULL,
      no_slot: NO_SLOT,
      abandoned: ABANDONED,
      // Every one without a slot completes without its start: that is told once.
      no_start: Math.max(0, NO_START - NO_SLOT),
      malformed,
    };
    return {
      seen: counted + OWN + NO_SLOT + ABANDONED + dropped.no_start,
      emitted: EMITTED - malformed,
      filtered: Math.max(0, counted - EMITTED - DROP_RING_FULL),
      own: OWN,
      dropped,
      issued: ISSUED,
      in_flight: Math.max(0, ISSUED - counted - OWN - NO_SLOT - ABANDONED),
    };
  }

  #counters() {
    const { maps, possible_cpus } = this.#handles;
    return readTracerCounters(maps.block_counters, BLOCK_COUNTER, possible_cpus);
  }

  /** Unmaps; before the probe is closed. */
  close(): void {
    this.#ring.close();
    this.#rows.close();
  }
}
