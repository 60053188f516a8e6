/**
 * One stream of server-sent events, kept open by the machine of logic/stream_state.ts.
 * @module
 */
import { startState, step, type StreamEvent, type StreamState } from "../logic/stream_state.ts";
import { checkSession, SignedOut } from "./request.ts";

/** What the page wants to be told. */
export interface StreamListener {
  /** A message's data, parsed. */
  message(data: unknown): void;
  /** After every change of the state. */
  state(state: StreamState): void;
}

/** Keeps a stream open. */
export class LiveStream {
  #state: StreamState = startState(performance.now());
  #source: EventSource | null = null;

  /**
   * Is not open yet.
   * @param names the names of the messages that are wanted
   */
  constructor(
    readonly path: string,
    readonly names: readonly string[],
    readonly listener: StreamListener,
  ) {}

  /** Opens it, also after a login. */
  start(): void {
    this.#happened("signed_in");
  }

  /** To be called about once a second. */
  tick(): void {
    this.#happened("tick");
  }

  /** Ends it for good: the session is over. */
  refuse(): void {
    this.#happened("refused");
  }

  #happened(event: StreamEvent): void {
    const [state, action] = step(this.#state, event, performance.now());
    const changed = state.phase !== this.#state.phase || state.failures !== this.#state.failures;
    this.#state = state;
    if (action === "close") this.#close();
    if (action === "connect") this.#connect();
    if (action === "probe" && this.#source !== null) void this.#probe(this.#source, true);
    if (changed) this.listener.state(state);
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }

  #connect(): void {
    this.#close();
    const source = new EventSource(this.path);
    this.#source = source;
    source.onopen = () => this.#happened("opened");
    source.onerror = () => this.#failed(source);
    const take = (message: MessageEvent<string>) => {
      this.#happened("message");
      this.listener.message(JSON.parse(message.data));
    };
    for (const name of this.names) source.addEventListener(name, take);
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return;
    this.#happened("failed");
    // EventSource does not tell the status of an answer.
    void this.#probe(source, false);
  }

  /** Asks whether the agent is there and knows us. */
  async #probe(source: EventSource, isOpen: boolean): Promise<void> {
    try {
      await checkSession();
    } catch (error) {
      if (error instanceof SignedOut) this.#happened("refused");
      else if (isOpen && source === this.#source) this.#happened("failed");
    }
  }
}
