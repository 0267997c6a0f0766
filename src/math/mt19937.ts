const size = 624;
const period = 397;

/**
 * The Mersenne Twister seeded and read exactly as Python's `random.Random(seed)`, so that published shuffles
 * can be repeated.
 *
 * Source: Matsumoto and Nishimura 1998 (`init_by_array`, `genrand_int32`); CPython `Modules/_randommodule.c` and
 * `Lib/random.py` for the conventions on top.
 *
 * @example
 * const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
 * new MersenneTwister(0).shuffle(items); // 7, 8, 1, 5, 3, 4, 2, 0, 9, 6
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(size);
  #index = size;

  /** `seed`: an integer of any size, as Python's; its sign is dropped. Throws RangeError for another number. */
  constructor(seed: number | bigint) {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
      throw new RangeError(`invalid "seed"; not a safe integer: ${seed}`);
    }
    this.#seedByArray(wordsOf(seed));
  }

  /** The next 32 random bits, as an integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    if (this.#index >= size) this.#regenerate();
    let word = this.#state[this.#index++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  /** Python's `getrandbits(count)`: an integer below 2^count; `count` from 1 to 53. */
  randomBits(count: number): number {
    if (!Number.isInteger(count) || count < 1 || count > 53) {
      throw new RangeError(`invalid "count"; not an integer in [1, 53]: ${count}`);
    }
    if (count <= 32) return this.nextUint32() >>> (32 - count);
    const low = this.nextUint32();
    return (this.nextUint32() >>> (64 - count)) * 2 ** 32 + low;
  }

  /** Python's `_randbelow_with_getrandbits(limit)`: an integer from 0 to limit - 1, by rejection. */
  randomBelow(limit: number): number {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`invalid "limit"; not a positive safe integer: ${limit}`);
    }
    const bits = Math.floor(Math.log2(limit)) + 1;
    let drawn = this.randomBits(bits);
    while (drawn >= limit) drawn = this.randomBits(bits);
    return drawn;
  }

  /** Python's `random()`: a double in [0, 1) with 53 random bits. */
  random(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Python's `shuffle`: Fisher-Yates from the end, in place. */
  shuffle(items: unknown[]): void {
    for (let i = items.length - 1; i >= 1; i--) {
      const j = this.randomBelow(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < size; i++) {
      state[i] = Math.imul(1812433253, mixed(state[i - 1]!)) + i;
    }
    let i = 1;
    let j = 0;
    for (let step = Math.max(size, key.length); step > 0; step--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1664525)) + key[j]! + j;
      i++;
      if (i >= size) {
        state[0] = state[size - 1]!;
        i = 1;
      }
      j = (j + 1) % key.length;
    }
    for (let step = size - 1; step > 0; step--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1566083941)) - i;
      i++;
      if (i >= size) {
        state[0] = state[size - 1]!;
        i = 1;
      }
    }
    state[0] = 0x80000000;
  }

  #regenerate(): void {
    const state = this.#state;
    for (let i = 0; i < size; i++) {
      const bits = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
      state[i] = state[(i + period) % size]! ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }
}

/** The magnitude of `seed` in 32-bit words, least significant first; one word of 0 for seed 0. */
function wordsOf(seed: number | bigint): number[] {
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const words: number[] = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

/** The seeding recurrence's `x ^ (x >> 30)`. */
function mixed(word: number): number {
  return word ^ (word >>> 30);
}
