/**
 * The control page shared with the probe: edge-triggered wake-ups, how many requests are in flight,
 * and the scan that reports those which hang.
 * @module
 */
import { mapArrayMmap, mapEntries, type MappedMemory, runSyscallProgram } from "../../bpf/map.ts";
import type { ProbeHandles } from "./handles.ts";
import { SMB_CONTROL_BYTES, SMB_CONTROL_OFFSET as AT } from "./layout.gen.ts";

/** struct smb_in_flight_key, bpf/lib/smb_maps.h; of the values only their number matters here. */
const KEY_BYTES = 16;
/** Of more entries than this nothing is concluded. */
const COUNT_LIMIT = 65_536;

/** Reader's side of `smb_control[0]`. */
export class InFlight {
  readonly #memory: MappedMemory;
  readonly #words: Int32Array;
  readonly #program: number;
  readonly #map: number;
  readonly #valueBytes: number;
  /** Starts that will never be followed by an end (entries overwritten, ends unseen). */
  #lost = 0;

  /**
   * Maps the control page.
   * @param valueBytes size of `struct smb_in_flight`, as `mapInfo` says
   * @throws SyscallError
   */
  constructor(handles: ProbeHandles, valueBytes: number) {
    this.#memory = mapArrayMmap(handles.maps.smb_control, SMB_CONTROL_BYTES, true);
    this.#words = new Int32Array(this.#memory.buffer, 0, SMB_CONTROL_BYTES / 4);
    this.#program = handles.scan_program;
    this.#map = handles.maps.smb_in_flight;
    this.#valueBytes = valueBytes;
  }

  /** A u64 of the page as a double; counters of requests stay below 2^53. */
  #u64(offset: number): number {
    const high = Atomics.load(this.#words, (offset >> 2) + 1) >>> 0;
    const low = Atomics.load(this.#words, offset >> 2) >>> 0;
    return high * 2 ** 32 + low;
  }

  /** Requests in flight; a little off while they come and go. */
  count(): number {
    return Math.max(0, this.#u64(AT.started) - this.#u64(AT.ended) - this.#lost);
  }

  /** Requests started since the probe was loaded. */
  started(): number {
    return this.#u64(AT.started);
  }

  /** Asks the next record's producer to wake us. Look at the ring once more before sleeping. */
  armWake(): void {
    Atomics.store(this.#words, AT.reader_waiting >> 2, 1);
  }

  /** Asks the next request's start to wake us; likewise. */
  armRequestWake(): void {
    Atomics.store(this.#words, AT.request_wake >> 2, 1);
  }

  /** Takes both wishes back; true when no wish for a request was left: a start has answered it. */
  disarm(): boolean {
    Atomics.store(this.#words, AT.reader_waiting >> 2, 0);
    return Atomics.exchange(this.#words, AT.request_wake >> 2, 0) === 0;
  }

  /** True where the kernel can run the scan. */
  get canScan(): boolean {
    return this.#program >= 0;
  }

  /**
   * Puts a record in the ring for every request that has just become too old, once for each.
   * @returns in how many ms the next of those that are in flight now is too old, 2^31 - 1 at most
   * @throws SyscallError
   */
  scan(): number {
    return runSyscallProgram(this.#program);
  }

  /**
   * Compares the count with the map and corrects it: a start whose end was never seen would keep the
   * scan running for ever. A walk during which requests came or went tells nothing, for it may have
   * missed some: a count that is too low would leave hangs unseen, one that is too high costs scans.
   * @throws SyscallError
   */
  recount(): void {
    const [started, ended] = [this.started(), this.#u64(AT.ended)];
    let entries = 0;
    for (const _ of mapEntries(this.#map, KEY_BYTES, this.#valueBytes, COUNT_LIMIT)) entries++;
    if (entries === COUNT_LIMIT) return;
    if (this.started() !== started || this.#u64(AT.ended) !== ended) return;
    this.#lost = Math.max(0, started - ended - entries);
  }

  /** Unmaps the page. */
  close(): void {
    this.#memory.unmap();
  }
}
