/**
 * Names of block devices by their number.
 * @module
 */

/** A number as the kernel's dev_t has it: major << 20 | minor. */
export function deviceNumber(number: number): string {
  return `${number >>> 20}:${number & 0xfffff}`;
}

/** Most names that are remembered; there are no more rows in the kernel's table. */
const MAX_NAMES = 256;
/** A name is asked for again after so many uses: a number can become another device's. */
const FRESH_USES = 600;

/** Asks sysfs once for each device, and again now and then. */
export class DeviceNames {
  readonly #sys: string;
  readonly #names = new Map<number, { name: string; uses: number }>();

  /**
   * Knows none yet.
   * @param sys where sysfs is
   */
  constructor(sys = "/sys") {
    this.#sys = sys;
  }

  /** For example `sda`; the number where it has no name (any more), `none` for a queue without disk. */
  of(number: number): string {
    if (number === 0) return "none";
    const known = this.#names.get(number);
    if (known !== undefined && ++known.uses < FRESH_USES) return known.name;
    const name = this.#ask(number) ?? known?.name ?? deviceNumber(number);
    if (known === undefined && this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(number, { name, uses: 0 });
    return name;
  }

  #ask(number: number): string | null {
    try {
      const text = Deno.readTextFileSync(`${this.#sys}/dev/block/${deviceNumber(number)}/uevent`);
      return /^DEVNAME=([\w!.\/-]{1,64})$/m.exec(text)?.[1] ?? null;
    } catch {
      return null;
    }
  }
}
