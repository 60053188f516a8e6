/**
 * The dispatcher's work without its messages: drain, scan, and say how long to sleep and on what.
 *
 * Three states. *Busy*: records keep coming; a nap of some ms between drains, in which the kernel
 * wakes nobody. *In flight*: no records, but requests that may hang; a scan when the first of them can
 * have done so, every 100 ms at most. *Idle*: sleep for seconds, woken by the first record, or by the
 * first request after an idle time.
 * @module
 */
import { mapInfo } from "../bpf/map.ts";
import { RingReader } from "../bpf/ring.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import { InFlight } from "../probe/smb/in_flight.ts";
import { drain, type DrainResult, finishCommit } from "./drain.ts";
import type { RunDecoder } from "./decode_run.ts";
import type { EventQueue } from "./event_queue.ts";
import { runDecoder } from "./native_decode.ts";

/** Records of one drain; the queue's consumer can begin after each. */
const DRAIN_RECORDS = 4096;
/** A turn ends after this, so that messages are handled under any load. */
const TURN_MS = 5;
/** Naps while records keep coming: few wake-ups, and still well inside 10 ms to a detection. */
const NAP_MIN_MS = 1;
const NAP_MAX_MS = 4;
/** Longest sleep; also the longest time between two heartbeats. */
export const IDLE_MS = 4_000;
/** Shortest time between two scans, and how late one may be. */
const SCAN_MS = 100;
/** Counts are compared with the map this often while requests are in flight. */
const RECOUNT_MS = 5_000;
/** How late the start of a request may be noticed, at most; the rest is half the least threshold. */
const NOTICE_MAX_MS = 500;
const NOTICE_MIN_MS = 20;

/** What a turn did, and what is to be done next. */
export interface Turn {
  /** Rows published. */
  records: number;
  /** Calls of `drain` it took. */
  drains: number;
  /** The drains together. */
  result: DrainResult;
  /** True when requests in flight were looked at. */
  scanned: boolean;
  /** A scan that failed: why. */
  scan_error: string | null;
  /** Requests in flight. */
  in_flight: number;
  /** 0: there is more, come back as soon as messages have been handled. */
  sleep_ms: number;
  /** The sleep is armed: the kernel will wake it. */
  armed: boolean;
}

/** Reads one probe's ring into one queue. */
export class Pump {
  readonly #ring: RingReader;
  readonly #flight: InFlight;
  readonly #queue: EventQueue;
  readonly #decode: RunDecoder;
  #noticeMs = NOTICE_MAX_MS;
  /** No request hangs sooner after its start. */
  #leastMs = SCAN_MS;
  #napMs = 0;
  #scanAt = 0;
  #recountAt = 0;
  #noticeAt = 0;
  #requestArmed = false;

  /**
   * Maps the probe's ring and control page, and finishes what a predecessor left.
   * @throws SyscallError
   */
  constructor(handles: ProbeHandles, queue: EventQueue) {
    this.#queue = queue;
    this.#ring = new RingReader(handles.maps.smb_events, handles.ring_bytes);
    try {
      this.#flight = new InFlight(handles, mapInfo(handles.maps.smb_in_flight).value_bytes);
    } catch (error) {
      this.#ring.close();
      throw error;
    }
    this.#decode = runDecoder(this.#ring, queue.columns);
    finishCommit(this.#ring, queue);
  }

  /** Least emergency threshold that is configured: how soon a request must be noticed depends on it. */
  setEmergency(least_ms: number): void {
    this.#leastMs = least_ms;
    this.#scanAt = 0;
    this.#noticeMs = Math.min(NOTICE_MAX_MS, Math.max(NOTICE_MIN_MS, least_ms / 2));
  }

  /** Bytes waiting in the ring. */
  backlog(): number {
    return this.#ring.available();
  }

  /**
   * Drains, scans where it is due, and arms the wake-up for the sleep that follows.
   * @param now_ms a monotonic clock, as `performance.now()`
   */
  turn(now_ms: number): Turn {
    const turn = this.#drain();
    if (turn.records > 0 || turn.result.full || turn.result.busy) {
      this.#scan(turn, now_ms);
      if (turn.sleep_ms === 0) return turn;
      this.#napMs = Math.min(NAP_MAX_MS, Math.max(NAP_MIN_MS, this.#napMs * 2));
      turn.sleep_ms = this.#napMs;
      return turn;
    }
    this.#napMs = 0;
    this.#scan(turn, now_ms);
    this.#arm(turn, now_ms);
    return turn;
  }

  /** To be called after the sleep. */
  awake(now_ms: number): void {
    const answered = this.#flight.disarm();
    if (this.#requestArmed && answered) this.#noticeAt = now_ms + this.#noticeMs;
    this.#requestArmed = false;
  }

  #drainOnce(): DrainResult {
    return drain(this.#ring, this.#queue, DRAIN_RECORDS, this.#decode);
  }

  #drain(): Turn {
    const begun = performance.now();
    const turn: Turn = {
      records: 0,
      drains: 0,
      result: this.#drainOnce(),
      scanned: false,
      scan_error: null,
      in_flight: 0,
      sleep_ms: NAP_MIN_MS,
      armed: false,
    };
    const total = turn.result;
    let last: DrainResult = { ...total };
    turn.drains++;
    while (last.bytes > 0) {
      turn.records += last.queued;
      if (performance.now() - begun >= TURN_MS) {
        turn.sleep_ms = 0;
        break;
      }
      last = this.#drainOnce();
      turn.drains++;
      total.queued += last.queued;
      total.discarded += last.discarded;
      total.malformed += last.malformed;
      total.corrupt += last.corrupt;
      total.bytes += last.bytes;
    }
    total.full = last.bytes === 0 && last.full;
    total.busy = last.bytes === 0 && last.busy;
    return turn;
  }

  #scan(turn: Turn, now_ms: number): void {
    turn.in_flight = this.#flight.count();
    if (turn.in_flight === 0 || !this.#flight.canScan) {
      this.#recountAt = now_ms + RECOUNT_MS;
      return;
    }
    try {
      if (now_ms >= this.#recountAt) {
        this.#recountAt = now_ms + RECOUNT_MS;
        this.#flight.recount();
      }
      if (now_ms >= this.#scanAt) {
        // What starts from now on is as old as the least threshold then.
        this.#scanAt = now_ms + SCAN_MS;
        const due_ms = Math.min(this.#flight.scan(), this.#leastMs);
        this.#scanAt = now_ms + Math.max(SCAN_MS, due_ms);
        turn.scanned = true;
      }
    } catch (error) {
      turn.scan_error = error instanceof Error ? error.message : String(error);
    }
  }

  /** Chooses the sleep and arms it; a sleep of 0 where something has come meanwhile. */
  #arm(turn: Turn, now_ms: number): void {
    turn.sleep_ms = IDLE_MS;
    turn.armed = true;
    const scans = this.#flight.canScan;
    if (scans && turn.in_flight > 0) {
      turn.sleep_ms = Math.max(1, this.#scanAt - now_ms);
    } else if (scans && now_ms < this.#noticeAt) {
      // A request was noticed a moment ago: on a busy mount each would wake us, so look by the clock.
      turn.sleep_ms = this.#noticeAt - now_ms;
    } else if (scans) {
      this.#requestArmed = true;
      this.#flight.armRequestWake();
    }
    this.#flight.armWake();
    // What came before it was armed will not wake us.
    if (this.#ring.available() > 0) turn.sleep_ms = 0;
    else if (scans && turn.in_flight === 0 && this.#flight.count() > 0) turn.sleep_ms = 1;
  }

  /** Unmaps everything. */
  close(): void {
    this.#flight.disarm();
    this.#flight.close();
    this.#ring.close();
  }
}
