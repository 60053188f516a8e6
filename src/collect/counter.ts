/**
 * Growth of the kernel's counters, which wrap, start anew, and come and go with their device.
 * @module
 */

const TWO_32 = 2 ** 32;
/** A 32-bit counter that fell from above this to below the other has gone over its end. */
const WRAP_FROM = TWO_32 * 0.75;
const WRAP_TO = TWO_32 * 0.25;

/**
 * What a counter grew by, or NaN where that cannot be told: one of the values is missing, or it fell.
 * A counter that fell was started anew; what it counted up to then is lost, and its value now may be
 * older than the sample before.
 *
 * @param bits 32 for a counter that the kernel keeps or prints with so many
 */
export function growth(before: number, now: number, bits: 32 | 64 = 64): number {
  if (now >= before) return now - before;
  if (bits === 32 && before < TWO_32 && before >= WRAP_FROM && now < WRAP_TO) {
    return now + TWO_32 - before;
  }
  return NaN;
}

/**
 * Rows of counters by the name of their device. Rows that a sample did not name are forgotten with
 * {@link CounterTable.sweep}, so a device that comes back starts anew.
 */
export class CounterTable<Row extends CounterRow> {
  readonly #rows = new Map<string, Row>();
  readonly #make: (name: string) => Row;
  readonly #limit: number;
  #round = 0;
  /** Devices that this round named and that have rows. */
  named = 0;
  /** Devices beyond the limit, in this round. */
  beyond = 0;

  /**
   * An empty table.
   * @param limit so many devices have rows; further ones are counted
   */
  constructor(limit: number, make: (name: string) => Row) {
    this.#limit = limit;
    this.#make = make;
  }

  /** The device's row, made where there is none; null beyond the limit or when named twice. */
  row(name: string): Row | null {
    let row = this.#rows.get(name);
    if (row === undefined) {
      if (this.#rows.size >= this.#limit) {
        this.beyond++;
        return null;
      }
      row = this.#make(name);
      this.#rows.set(name, row);
    } else if (row.round === this.#round) return null;
    row.round = this.#round;
    this.named++;
    return row;
  }

  /** Ends a round: forgets the rows that it did not name. */
  sweep(): void {
    if (this.named < this.#rows.size) {
      for (const [name, row] of this.#rows) {
        if (row.round !== this.#round) this.#rows.delete(name);
      }
    }
    this.#round++;
    this.named = this.beyond = 0;
  }
}

/** What the table needs of a row. */
export interface CounterRow {
  /** Round that named it last; -1 at first. */
  round: number;
}
