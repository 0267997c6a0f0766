import { expect } from 'vitest';
import { SteerbenchError } from '../../src/errors.ts';

/** Numbers that counts, lengths and offsets are replaced by. */
const hostile = [
  ...[
    0n,
    1n,
    5n,
    255n,
    2n ** 16n,
    2n ** 20n,
    2n ** 22n,
    2n ** 24n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
  ],
  ...[2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 61n, 2n ** 62n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
];

/** Bytes allocated beyond which a small file is said to be out of proportion. */
const allocationLimitBytes = 4 * 2 ** 20;

/** Random numbers from a seed. Constants of Knuth's MMIX; the upper bits are used. */
export function generator(seed: bigint): (below: number) => number {
  let state = seed;
  return (below) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(below));
  };
}

/**
 * Every truncation; every hostile number wherever eight bytes hold a small one, as counts and lengths do; one hostile
 * number at every other place of the header; then `flipped` mutants with flipped bits, and a quarter as many cut and
 * joined, at random.
 */
export function* mutants(
  original: Buffer,
  headerBytes: number,
  random: (below: number) => number,
  flipped = 800,
): Generator<Buffer> {
  for (let length = 0; length < original.length; length++) yield original.subarray(0, length);
  for (let at = 0; at + 8 <= headerBytes; at++) {
    const isCount = original.readBigUInt64LE(at) < 2n ** 16n;
    const numbers = isCount ? hostile : [hostile[random(hostile.length)]!];
    for (const number of numbers) {
      const mutant = Buffer.from(original);
      if (isCount) mutant.writeBigUInt64LE(number, at);
      else mutant.writeUInt32LE(Number(BigInt.asUintN(32, number)), at);
      yield mutant;
    }
  }
  for (let i = 0; i < flipped; i++) {
    const mutant = Buffer.from(original);
    for (let flips = 1 + random(4); flips > 0; flips--) mutant[random(headerBytes)]! ^= 1 << random(8);
    yield mutant;
  }
  for (let i = 0; i < flipped / 4; i++) {
    const [a, b] = [random(original.length), random(original.length)];
    yield Buffer.concat([original.subarray(0, a), original.subarray(b)]);
  }
}

/**
 * Runs one reading of the file at `path`: true if it gave an answer, false if it gave an error of our own that names the
 * file. Anything else, and memory out of proportion, fails the test.
 */
export async function survives(
  path: string,
  read: () => Promise<void>,
  codes: readonly string[],
): Promise<boolean> {
  const before = process.memoryUsage();
  try {
    await read();
    return true;
  } catch (error) {
    if (!(error instanceof SteerbenchError)) throw error;
    expect(codes).toContain(error.code);
    expect(error.message).toContain(path);
    return false;
  } finally {
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(allocationLimitBytes);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(allocationLimitBytes);
  }
}
