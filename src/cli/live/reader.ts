/**
 * Reads a probe's ring for a live tool: sleeps until something comes, looks after what hangs.
 * @module
 */
import { mapInfo } from "../../bpf/map.ts";
import { RingReader } from "../../bpf/ring.ts";
import { RingWaiter } from "../../bpf/ring_wait.ts";
import { decodeRequest } from "../../probe/smb/decode.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { InFlight } from "../../probe/smb/in_flight.ts";
import { SMB_REQUEST_BYTES } from "../../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";

/** Records taken at a time; between two batches signals are handled. */
const BATCH = 1024;
/** While something is in flight, the time between two scans for what hangs. */
const SCAN_MS = 100;
const RECOUNT_MS = 5_000;
/** Records are shown at most this late under load; each wake-up takes a batch. */
const NAP_MS = 4;
const IDLE_MS = 2_000;

/** What the reader has taken from the ring. */
export interface ReaderCounts {
  /** Records taken; what a broken header makes unreadable is not among them. */
  records: bigint;
  /** Records shorter than a request. */
  malformed: bigint;
}

/** The one reader of one probe instance. */
export class LiveReader {
  /** Until now. */
  readonly counts: ReaderCounts = { records: 0n, malformed: 0n };
  readonly #ring: RingReader;
  readonly #flight: InFlight;
  readonly #waiter: RingWaiter;
  readonly #handle: (request: SmbRequest) => void;
  #recountAt = 0;
  #stopped = false;

  /**
   * Maps the ring and the control page.
   * @throws SyscallError
   */
  constructor(handles: ProbeHandles, handle: (request: SmbRequest) => void) {
    this.#handle = handle;
    this.#ring = new RingReader(handles.maps.smb_events, handles.ring_bytes);
    this.#flight = new InFlight(handles, mapInfo(handles.maps.smb_in_flight).value_bytes);
    this.#waiter = new RingWaiter(handles.maps.smb_events);
  }

  /** Makes {@link run} return after the batch that is under way. */
  stop(): void {
    this.#stopped = true;
    this.#waiter.kick();
  }

  /** Hands over requests until stopped. @throws what the handler throws, and SyscallError. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const records = this.#take();
      const inFlight = this.#scan();
      await this.#waiter.wait(records > 0 ? NAP_MS : this.#arm(inFlight));
      this.#flight.disarm();
    }
  }

  /** Takes what is in the ring, at most `limit` batches: a full one may fill as fast as it is read. */
  drain(limit = 64): void {
    for (let batch = 0; batch < limit && this.#take() > 0; batch++);
  }

  /** Unmaps the ring; not while {@link run} is under way. */
  close(): void {
    this.#waiter.close();
    this.#flight.close();
    this.#ring.close();
  }

  #take(): number {
    return this.#ring.walk((offset, bytes) => {
      this.counts.records++;
      if (bytes < SMB_REQUEST_BYTES) this.counts.malformed++;
      else this.#handle(decodeRequest(this.#ring.data, offset, bytes));
    }, BATCH).records;
  }

  /** Scans for hung requests; the number of requests in flight. */
  #scan(): number {
    const count = this.#flight.canScan ? this.#flight.count() : 0;
    const now = performance.now();
    if (count === 0) {
      this.#recountAt = now + RECOUNT_MS;
      return 0;
    }
    if (now >= this.#recountAt) {
      this.#recountAt = now + RECOUNT_MS;
      this.#flight.recount();
    }
    this.#flight.scan();
    return count;
  }

  /** Arms the wake-up and says how long to sleep: not at all where something has come meanwhile. */
  #arm(inFlight: number): number {
    this.#flight.armWake();
    if (inFlight === 0) this.#flight.armRequestWake();
    if (this.#ring.available() > 0 || this.#stopped) return 0;
    const some = inFlight > 0 || (this.#flight.canScan && this.#flight.count() > 0);
    return some ? SCAN_MS : IDLE_MS;
  }
}
