/**
 * Runs the space watcher's passes: at start, then every `cleanup_interval_sec`, one at a time, also
 * when the clock jumps (the interval is measured on a clock that does not).
 * @module
 */

import { within } from "../os/within.ts";

/** The end of the agent waits this long for a pass: on a file system that hangs it may never end. */
const STOP_MS = 200;

/** What the keeper needs of a space watcher. */
export interface SpacePass<Report> {
  /** Looks once and deletes what must go. */
  pass(): Promise<Report>;
}

/** What it works with. */
export interface SpaceKeeperOptions<Report> {
  /** What it calls. */
  watcher: SpacePass<Report>;
  /** Time between passes, read each time. */
  interval_sec: () => number;
  /** Told of every pass. */
  onReport: (report: Report) => void;
  /** Told why a pass failed. */
  onFailure: (reason: string) => void;
}

/** Owns the passes over the output directory. */
export class SpaceKeeper<Report> {
  readonly #options: SpaceKeeperOptions<Report>;
  #due_ms = 0;
  #running: Promise<void> | null = null;
  #last: Report | null = null;

  /** Nothing runs before `start`. */
  constructor(options: SpaceKeeperOptions<Report>) {
    this.#options = options;
  }

  /** Report of the last pass. */
  get last(): Report | null {
    return this.#last;
  }

  /** Starts a pass when one is due; never waits for it. */
  tick(now_ms: number): void {
    if (this.#running !== null || now_ms < this.#due_ms) return;
    this.#due_ms = now_ms + this.#options.interval_sec() * 1000;
    this.#running = this.#pass().finally(() => this.#running = null);
  }

  /** A bundle was sealed: the next tick makes a pass. */
  hurry(): void {
    this.#due_ms = 0;
  }

  /** Waits for a pass that runs; one that does not end is told and left. */
  async stop(): Promise<void> {
    this.#due_ms = Infinity;
    if (this.#running === null || await within(this.#running, STOP_MS)) return;
    this.#options.onFailure("a pass does not end; the agent does");
  }

  async #pass(): Promise<void> {
    try {
      this.#last = await this.#options.watcher.pass();
      this.#options.onReport(this.#last);
    } catch (error) {
      this.#options.onFailure(error instanceof Error ? error.message : String(error));
    }
  }
}
