/**
 * SMB as the platform's worker follows it: latencies from the flight recorder, what is under way, and
 * the sessions that the collector has read.
 * @module
 */
import type { SmbAnswer } from "../../api/data_agent.ts";
import { monotonicNs } from "../../os/clock.ts";
import { reasonOf } from "../../os/reason.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { NameResolver } from "../../probe/smb/names.ts";
import { readPending } from "../../probe/smb/pending.ts";
import { RecorderTail } from "../../probe/smb/recorder_tail.ts";
import type { AgentStatus } from "../status.ts";
import { SmbCounts, type SmbNames } from "./smb_latency.ts";
import { NOT_KNOWN, underWay, type UnderWayFigures } from "./under_way.ts";

/** The recorder is looked at so often; 16384 requests may end between two looks. */
const POLL_MS = 1000;
/** Sooner, where this part of the recorder is full. */
const BUSY_PART = 8;
const BUSY_MS = 50;

/** Follows one probe at a time. */
export class SmbPart {
  readonly #counts = new SmbCounts();
  readonly #log: (text: string) => void;
  #handles: ProbeHandles | null = null;
  #tail: RecorderTail | null = null;
  #names: SmbNames | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #missed = 0;
  /** Sessions, as the SMB collector has them. */
  sessions: Record<string, unknown>[] = [];

  /** Follows nothing yet. @param log told of what does not work */
  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** Requests that were not counted because they came too fast. */
  get missed(): number {
    return this.#missed + (this.#tail?.missed ?? 0);
  }

  /** Follows another probe; null: none. */
  follow(handles: ProbeHandles | null): void {
    this.close();
    this.#handles = handles;
    if (handles === null) return;
    try {
      this.#tail = new RecorderTail(handles);
      this.#names = new NameResolver(handles);
      this.#wait(POLL_MS);
    } catch (error) {
      this.#log(`Cannot follow SMB requests: because ${reasonOf(error)}`);
    }
  }

  /** `/smb`. @param hung_ms from this age on a request counts as hung */
  answer({ probe }: Pick<AgentStatus, "probe">, hung_ms: number): SmbAnswer {
    this.#poll();
    return {
      timestamp: Date.now() / 1000,
      probe: { state: probe.state, reason: probe.reason === "" ? null : probe.reason },
      ...this.#underWay(hung_ms),
      ...this.#counts.figures(),
      sessions: this.sessions,
    };
  }

  /** Figures for Prometheus. */
  figures(): ReturnType<SmbCounts["figures"]> {
    this.#poll();
    return this.#counts.figures();
  }

  /** Lets go of the probe. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#missed = this.missed;
    this.#tail?.close();
    this.#tail = null;
    this.#handles = null;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const more = this.#poll();
      this.#wait(more ? BUSY_MS : POLL_MS);
    }, ms);
  }

  /** @returns whether much came, so that it is to be looked again soon */
  #poll(): boolean {
    const [tail, names] = [this.#tail, this.#names];
    if (tail === null || names === null) return false;
    try {
      const taken = tail.poll((request) => this.#counts.add(request, names));
      return taken > (this.#handles?.recorder_slots ?? 0) / BUSY_PART || tail.waiting > 0;
    } catch (error) {
      this.#log(`Cannot count SMB requests: because ${reasonOf(error)}`);
      this.close();
      return false;
    }
  }

  #underWay(hung_ms: number): UnderWayFigures {
    if (this.#handles === null || this.#names === null) return NOT_KNOWN;
    try {
      return underWay(readPending(this.#handles, monotonicNs()), this.#names, hung_ms);
    } catch {
      return NOT_KNOWN;
    }
  }
}
