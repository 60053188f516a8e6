/**
 * Reads the syscall tracer, in any thread.
 *
 *     const reader = new SyscallTracerReader(handles, nextId);
 *     every second:
 *       for (const event of reader.poll(1000)) bus.publish(event);
 *       const rows = reader.snapshot();
 * @module
 */
import { monotonicNs } from "../../os/clock.ts";
import { readTracerCounters } from "../tracer/counters.ts";
import type { TracerEvent, TracerLedger } from "../tracer/event.ts";
import { TracerRing } from "../tracer/ring_events.ts";
import { SYSCALL_SOURCE, syscallDecoder } from "./decode.ts";
import { SYS_COUNTER } from "./layout.gen.ts";
import type { SyscallHandles } from "./load.ts";
import { syscallNames } from "./names.ts";
import { type SyscallRow, SyscallRows } from "./rows.ts";

/** Reads events, histograms and the ledger; one reader at a time. */
export class SyscallTracerReader {
  readonly #handles: SyscallHandles;
  readonly #ring: TracerRing;
  readonly #rows: SyscallRows;

  /**
   * Maps the ring and the rows.
   * @param nextId gives each event of the run its own number
   * @throws SyscallError
   */
  constructor(handles: SyscallHandles, nextId: () => string) {
    const names = syscallNames(Deno.build.arch);
    this.#handles = handles;
    const { maps, ring_bytes } = handles;
    const decode = syscallDecoder(names);
    this.#ring = new TracerRing(maps.sys_ring, ring_bytes, SYSCALL_SOURCE, decode, nextId);
    try {
      this.#rows = new SyscallRows(handles, names);
    } catch (error) {
      this.#ring.close();
      throw error;
    }
  }

  /**
   * Slow and sampled calls since the last time, at most `limit`, with an event of type `loss` where
   * the ring was full.
   * @throws SyscallError
   */
  poll(limit: number): TracerEvent[] {
    const events = this.#ring.take(limit);
    const { DROP_RING_FULL } = this.#counters();
    const loss = this.#ring.loss(DROP_RING_FULL, "ring_full");
    if (loss !== null) events.push(loss);
    return events;
  }

  /**
   * Histograms of what ended since the last snapshot; rows without calls are left out.
   * @param all also of rows that do not look as if they were added to; for the last snapshot
   * @throws SyscallError
   */
  snapshot(all = false): SyscallRow[] {
    return this.#rows.take(Number(monotonicNs()) / 1e9, all);
  }

  /** Histograms in use, of how many. */
  get usage(): { used: number; rows: number } {
    return this.#rows.usage;
  }

  /**
   * What became of the calls that ended up to the last snapshot. `seen` is the sum: a counter of its own
   * for each call would cost as much as the histogram.
   * @throws SyscallError
   */
  ledger(): TracerLedger & { no_row: number } {
    const { OWN, COMPAT, NO_START, EMITTED, DROP_RING_FULL, NO_ROW } = this.#counters();
    const { malformed } = this.#ring;
    const counted = this.#rows.total;
    const dropped = { ring_full: DROP_RING_FULL, compat: COMPAT, no_start: NO_START, malformed };
    return {
      seen: counted + OWN + COMPAT + NO_START,
      emitted: EMITTED - malformed,
      filtered: Math.max(0, counted - EMITTED - DROP_RING_FULL),
      own: OWN,
      dropped,
      no_row: NO_ROW,
    };
  }

  #counters() {
    const { maps, possible_cpus } = this.#handles;
    return readTracerCounters(maps.sys_counters, SYS_COUNTER, possible_cpus);
  }

  /** Unmaps; before the probe is closed. */
  close(): void {
    this.#ring.close();
    this.#rows.close();
  }
}
