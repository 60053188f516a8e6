/**
 * Random numbers that are the same for the same seed, on every machine: what is learned can be
 * learned again. Not for secrets.
 * @module
 */

/** Spreads a 32-bit seed over the state (the finalizer of MurmurHash3, as in splitmix32). */
function spread(seed: number): number {
  let z = seed | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}

/** The generator xoshiro128++ 1.0 of Blackman and Vigna (2019), period 2^128 - 1. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * A generator in the state that belongs to the seed.
   * @param seed 32 bits of it are used
   */
  constructor(seed: number) {
    const golden = 0x9e3779b9;
    this.#a = spread(seed + golden);
    this.#b = spread(seed + 2 * golden);
    this.#c = spread(seed + 3 * golden);
    // All four zero would stay zero for ever.
    this.#d = spread(seed + 4 * golden) | 1;
  }

  /** 32 random bits, as an unsigned number. */
  bits(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#a) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  unit(): number {
    return this.bits() / 4294967296;
  }

  /** A whole number in [0, limit); the bias is below limit / 2^32. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** Standard normal, by the method of Box and Muller (1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return radius * Math.cos(2 * Math.PI * this.unit());
  }
}
