/**
 * Reads the exec monitor, in any thread.
 * @module
 */
import { readTracerCounters } from "../tracer/counters.ts";
import type { TracerEvent, TracerLedger } from "../tracer/event.ts";
import type { TracerHandles } from "../tracer/handles.ts";
import { TracerRing } from "../tracer/ring_events.ts";
import { decodeExecEvent, EXEC_SOURCE } from "./decode.ts";
import { EXEC_COUNTER } from "./layout.gen.ts";

/** Reads events and the ledger; one reader at a time. */
export class ExecMonitorReader {
  readonly #handles: TracerHandles;
  readonly #ring: TracerRing;

  /**
   * Maps the ring.
   * @param nextId gives each event of the run its own number
   * @throws SyscallError
   */
  constructor(handles: TracerHandles, nextId: () => string) {
    this.#handles = handles;
    const { maps, ring_bytes } = handles;
    this.#ring = new TracerRing(maps.exec_ring, ring_bytes, EXEC_SOURCE, decodeExecEvent, nextId);
  }

  /**
   * Forks, execs and exits since the last time, at most `limit`, with an event of type `loss` where
   * some found no room.
   * @throws SyscallError
   */
  poll(limit: number): TracerEvent[] {
    const events = this.#ring.take(limit);
    const { DROP_RING_FULL, DROP_SCRATCH } = this.#counters();
    const loss = this.#ring.loss(DROP_RING_FULL + DROP_SCRATCH, "ring_full");
    if (loss !== null) events.push(loss);
    return events;
  }

  /**
   * What became of what happened.
   * @throws SyscallError
   */
  ledger(): TracerLedger {
    const { SEEN, EMITTED, OWN, DROP_RING_FULL, DROP_SCRATCH } = this.#counters();
    const { malformed } = this.#ring;
    return {
      seen: SEEN,
      emitted: EMITTED - malformed,
      filtered: 0,
      own: OWN,
      dropped: { ring_full: DROP_RING_FULL, scratch: DROP_SCRATCH, malformed },
    };
  }

  #counters() {
    const { maps, possible_cpus } = this.#handles;
    return readTracerCounters(maps.exec_counters, EXEC_COUNTER, possible_cpus);
  }

  /** Unmaps; before the probe is closed. */
  close(): void {
    this.#ring.close();
  }
}
