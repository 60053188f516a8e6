/**
 * What the collector has sealed lately, and who waits for a bundle.
 * @module
 */

/** A sealed bundle, as the collector reports it. */
export interface SealedInfo {
  /** The bundle's id. */
  id: string;
  /** Where it lies. */
  path: string;
  /** Its size. */
  bytes: number;
  /** Its first line. */
  verdict: string;
}

/** Bundles that `aod status` shows. */
const RECENT = 20;

/** Remembers the newest bundles and settles waits. */
export class Bundles {
  readonly #recent: SealedInfo[] = [];
  readonly #waits = new Map<
    string,
    { resolve: (s: SealedInfo) => void; fail: (e: Error) => void }
  >();
  #sealed = 0;
  #bytes = 0;

  /** Number and bytes of all bundles sealed in this life. */
  get totals(): { sealed: number; bytes: number } {
    return { sealed: this.#sealed, bytes: this.#bytes };
  }

  /** Newest first. */
  recent(): SealedInfo[] {
    return [...this.#recent].reverse();
  }

  /** Takes note of a sealed bundle. */
  sealed(info: SealedInfo): void {
    this.#sealed++;
    this.#bytes += info.bytes;
    this.#recent.push(info);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#waits.get(info.id)?.resolve(info);
  }

  /** The bundle will not come. */
  failed(id: string, reason: string): void {
    this.#waits.get(id)?.fail(new Error(`Cannot seal the bundle: because ${reason}`));
  }

  /** The agent stops: nobody waits any longer. */
  failAll(reason: string): void {
    for (const id of [...this.#waits.keys()]) this.failed(id, reason);
  }

  /** Resolves when bundle `id` is sealed; rejects when it fails or after `timeout_ms`. */
  wait(id: string, timeout_ms: number): Promise<SealedInfo> {
    return new Promise<SealedInfo>((resolve, reject) => {
      const timer = setTimeout(
        () => this.failed(id, `it took more than ${timeout_ms / 1000} s`),
        timeout_ms,
      );
      const done = () => {
        clearTimeout(timer);
        this.#waits.delete(id);
      };
      this.#waits.set(id, {
        resolve: (info) => (done(), resolve(info)),
        fail: (error) => (done(), reject(error)),
      });
    });
  }
}
