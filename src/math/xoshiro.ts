const mask64 = (1n << 64n) - 1n;

/**
 * xoshiro128** seeded by splitmix64: the generator behind every resampling, random direction and sampled token.
 *
 * Source: Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators".
 *
 * @example
 * const random = new Xoshiro(0).derive('bootstrap');
 * random.uniform(); // the same number in every run
 */
export class Xoshiro {
  readonly #key: bigint;
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spareNormal: number | null = null;

  /** `seed`: an integer; only its low 64 bits count. Throws RangeError for another number. */
  constructor(seed: number | bigint) {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
      throw new RangeError(`invalid "seed"; not a safe integer: ${seed}`);
    }
    this.#key = BigInt(seed) & mask64;
    const first = splitmix64(this.#key);
    const second = splitmix64(first.next);
    this.#a = Number(first.output & 0xffffffffn) | 0;
    this.#b = Number(first.output >> 32n) | 0;
    this.#c = Number(second.output & 0xffffffffn) | 0;
    this.#d = Number(second.output >> 32n) | 0;
  }

  /**
   * A generator of its own for a named purpose: depends on this one's seed and the label, never on what was drawn.
   *
   * The key is splitmix64(seed) xor FNV-1a 64 of the label's UTF-16 code units.
   */
  derive(label: string): Xoshiro {
    let hash = 0xcbf29ce484222325n;
    for (let i = 0; i < label.length; i++) {
      hash = ((hash ^ BigInt(label.charCodeAt(i))) * 0x100000001b3n) & mask64;
    }
    return new Xoshiro(splitmix64(this.#key).output ^ hash);
  }

  /** The next 32 random bits, as an integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    const times5 = Math.imul(this.#b, 5);
    const output = Math.imul((times5 << 7) | (times5 >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return output >>> 0;
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A standard normal number, by the polar method (Marsaglia and Bray 1964). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spareNormal = y * factor;
        return x * factor;
      }
    }
  }

  /** An integer from 0 to limit - 1, without bias (Lemire 2019); `limit` from 1 to 2^21. */
  below(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 21) {
      throw new RangeError(`invalid "limit"; not an integer in [1, 2^21]: ${limit}`);
    }
    // The product of 32 and 21 bits is exact in a double.
    let product = this.nextUint32() * limit;
    let low = product >>> 0;
    if (low < limit) {
      const threshold = 2 ** 32 % limit;
      while (low < threshold) {
        product = this.nextUint32() * limit;
        low = product >>> 0;
      }
    }
    return Math.floor(product / 2 ** 32);
  }

  /** Puts the items into a random order, in place. */
  shuffle<T>(items: T[] | Uint32Array): void {
    const places = items as unknown[];
    for (let i = places.length - 1; i >= 1; i--) {
      const j = this.below(i + 1);
      [places[i], places[j]] = [places[j], places[i]];
    }
  }
}

/** One step of splitmix64: its output, and the key from which the next step starts. */
function splitmix64(key: bigint): { output: bigint; next: bigint } {
  const next = (key + 0x9e3779b97f4a7c15n) & mask64;
  let z = next;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask64;
  return { output: z ^ (z >> 31n), next };
}
