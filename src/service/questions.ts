/**
 * Questions to another thread, each with its answer, a time limit, and an end when nobody is there.
 * @module
 */

/** Questions that may be under way. */
const MOST_WAITING = 64;

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Asks by messages that carry a number. */
export class Questions<Question, Answer> {
  readonly #send: (id: number, question: Question) => boolean;
  readonly #timeout_ms: number;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  /** An answer to the worker before this one is not taken for an answer to this one. */
  #ids = Date.now();

  /**
   * Nothing is asked yet.
   * @param send sends the message; false where nobody is there
   */
  constructor(send: (id: number, question: Question) => boolean, timeout_ms: number) {
    this.#send = send;
    this.#timeout_ms = timeout_ms;
  }

  /** Questions without an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Asks. @throws Error with the reason where there is no answer */
  ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#waiting.size >= MOST_WAITING) {
      reject(new Error(`${MOST_WAITING} questions wait already`));
      return promise;
    }
    const id = ++this.#ids;
    const late = () => this.#settle(id)?.reject(new Error(`no answer in ${this.#timeout_ms} ms`));
    const timer = setTimeout(late, this.#timeout_ms);
    this.#waiting.set(id, {
      resolve: (answer) => (clearTimeout(timer), resolve(answer)),
      reject: (error) => (clearTimeout(timer), reject(error)),
    });
    if (!this.#send(id, question)) {
      this.#settle(id)?.reject(new Error("nobody is there to answer"));
    }
    return promise;
  }

  /** An answer has come; one that is late, or was not asked for, is nobody's. */
  answered(id: number, answer: Answer): void {
    this.#settle(id)?.resolve(answer);
  }

  /** There is none, for this reason. */
  refused(id: number, reason: string): void {
    this.#settle(id)?.reject(new Error(reason));
  }

  /** Nobody will answer what is under way. */
  close(reason: string): void {
    for (const id of [...this.#waiting.keys()]) this.refused(id, reason);
  }

  #settle(id: number): Waiting<Answer> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
