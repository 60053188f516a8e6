/**
 * The event queues of one life of the agent: the one in use, and those that a hang left behind. What
 * nobody read of a queue that was left is lost, and is counted here.
 * @module
 */
import { EventQueue } from "../stream/event_queue.ts";

/** The queues as other threads get them. */
export interface QueueBuffers {
  /** Shared memory of the queue in use (dispatcher writes, watcher reads). */
  queue: SharedArrayBuffer;
  /** Those that a hang left behind, oldest first. */
  replaced_queues: SharedArrayBuffer[];
}

/** The hop between dispatcher and watcher: `in = out + dropped_replaced + waiting`. */
export interface QueueLedger {
  /** Rows put in, over all queues. */
  in: number;
  /** Rows the watcher has finished with. */
  out: number;
  /** Rows nobody read in a queue that was replaced because a worker hung. */
  dropped_replaced: number;
  /** Rows in the queue now. */
  waiting: number;
}

/** Keeps the queues. */
export class EventQueues {
  readonly #create: () => SharedArrayBuffer;
  #queue: SharedArrayBuffer;
  readonly #replaced: SharedArrayBuffer[] = [];

  /**
   * Begins with one queue.
   * @param create makes another
   */
  constructor(create: () => SharedArrayBuffer) {
    this.#create = create;
    this.#queue = create();
  }

  /** For a start message. */
  get buffers(): QueueBuffers {
    return { queue: this.#queue, replaced_queues: [...this.#replaced] };
  }

  /**
   * Leaves the queue behind and begins another. A thread may still be about to write to the old one
   * or read from it, so what is lost is counted whenever it is asked for, not now. There are as many
   * as there are hangs in the life of a process, which the supervisor bounds.
   */
  replace(): void {
    this.#replaced.push(this.#queue);
    this.#queue = this.#create();
  }

  /** The hop now. */
  ledger(): QueueLedger {
    return queueLedger(this.buffers);
  }
}

/** Adds up the ledgers of all queues; from any thread. */
export function queueLedger({ queue, replaced_queues }: QueueBuffers): QueueLedger {
  const hop: QueueLedger = { in: 0, out: 0, dropped_replaced: 0, waiting: 0 };
  for (const buffer of [...replaced_queues, queue]) {
    const one = EventQueue.attach(buffer);
    const { queued, consumed } = one.ledger();
    hop.in += queued;
    hop.out += consumed;
    if (buffer === queue) hop.waiting = one.size();
    else hop.dropped_replaced += one.size();
  }
  return hop;
}
