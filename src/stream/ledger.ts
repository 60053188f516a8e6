/**
 * The loss ledger of a queue: in shared memory, each number with one writer, so that at any time
 * `taken = queued + dropped` and `queued = consumed + waiting`.
 * @module
 */

/** What is counted, in the order of the shared memory; doubles count exactly up to 2^53. */
export const LEDGER_ENTRIES = [
  /** Records taken from the ring. */
  "taken",
  /** Rows put in the queue. */
  "queued",
  /** Records of a size or shape that this build does not know. */
  "dropped_malformed",
  /** Ring slots that the kernel side reserved and gave up: they were never records. */
  "discarded",
  /** Headers that cannot be; the reader went on at the producer's position. */
  "corrupt",
  /** Bytes left behind by that. */
  "corrupt_bytes",
  /** Bytes taken from the ring, headers and padding included. */
  "bytes",
  /** Rows the consumer has finished with. */
  "consumed",
] as const;

/** Name of an entry. */
export type LedgerEntry = typeof LEDGER_ENTRIES[number];

/** Index of each entry. */
export const LEDGER_INDEX = Object.fromEntries(
  LEDGER_ENTRIES.map((name, index) => [name, index]),
) as Record<LedgerEntry, number>;

/** The numbers at one moment. */
export type Ledger = Record<LedgerEntry, number>;

/** Bytes of a ledger in shared memory. */
export const LEDGER_BYTES = LEDGER_ENTRIES.length * 8;

/** Copies a ledger out of shared memory. */
export function readLedger(counts: Float64Array): Ledger {
  return Object.fromEntries(LEDGER_ENTRIES.map((name, i) => [name, counts[i]])) as Ledger;
}

/**
 * What does not add up, as sentences; none when the ledger is exact. Only to be asked while neither
 * side is at work.
 * @param waiting rows in the queue
 */
export function ledgerFaults(ledger: Ledger, waiting: number): string[] {
  const faults: string[] = [];
  const { taken, queued, dropped_malformed, consumed } = ledger;
  if (taken !== queued + dropped_malformed) {
    faults.push(`taken ${taken} is not queued ${queued} + malformed ${dropped_malformed}`);
  }
  if (queued !== consumed + waiting) {
    faults.push(`queued ${queued} is not consumed ${consumed} + waiting ${waiting}`);
  }
  return faults;
}
