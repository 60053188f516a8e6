/**
 * The worker's way to ask the main thread what the control socket is asked.
 * @module
 */
import type { ControlCommand, ControlResponse } from "../socket/protocol.ts";
import type { AgentStatus } from "../status.ts";

/** Questions that may be under way. */
const MAX_WAITING = 64;
/** The status is asked for at most so often. */
const STATUS_MS = 1000;
/** Time to answer: a snapshot takes as long as its slowest action. */
const TIMEOUT_MS: Record<ControlCommand, number> = {
  status: 5_000,
  reload: 20_000,
  snapshot: 170_000,
};

/** Asks, and keeps the newest status for a moment. */
export class AgentLink {
  readonly #send: (id: number, command: ControlCommand) => void;
  readonly #now_ms: () => number;
  readonly #waiting = new Map<number, (response: ControlResponse) => void>();
  #ids = 0;
  #status: { at_ms: number; answer: Promise<AgentStatus> } | null = null;

  /**
   * Nothing is asked yet.
   * @param send hands a question to the main thread
   * @param now_ms monotonic
   */
  constructor(
    send: (id: number, command: ControlCommand) => void,
    now_ms: () => number = () => performance.now(),
  ) {
    this.#send = send;
    this.#now_ms = now_ms;
  }

  /** Questions without an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Asks.
   * @throws Error "Cannot ...: because ..." when there is no answer
   */
  ask(command: ControlCommand): Promise<ControlResponse> {
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(new Error(`Cannot ask for ${command}: because too many wait already`));
    }
    const id = ++this.#ids;
    const { promise, resolve, reject } = Promise.withResolvers<ControlResponse>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new Error(`Cannot ${command}: because the agent took over ${TIMEOUT_MS[command]} ms`));
    }, TIMEOUT_MS[command]);
    this.#waiting.set(id, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    this.#send(id, command);
    return promise;
  }

  /** An answer has come. */
  answered(id: number, response: ControlResponse): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(response);
  }

  /** The agent's status, up to a second old. @throws as `ask` */
  status(): Promise<AgentStatus> {
    const now = this.#now_ms();
    if (this.#status !== null && now - this.#status.at_ms < STATUS_MS) return this.#status.answer;
    const answer = this.ask("status").then((response) => {
      if (!response.ok) throw new Error(response.error);
      return response.result as AgentStatus;
    });
    const entry = { at_ms: now, answer };
    this.#status = entry;
    // What failed is not kept; whoever waits for it is told.
    answer.catch(() => {
      if (this.#status === entry) this.#status = null;
    });
    return answer;
  }

  /** Nobody answers any more. */
  close(): void {
    for (const resolve of this.#waiting.values()) {
      resolve({ ok: false, error: "Cannot answer: because aod is stopping", details: [] });
    }
    this.#waiting.clear();
  }
}
