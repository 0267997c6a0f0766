import { MersenneTwister } from '../math/mt19937.ts';

/**
 * A shuffled copy, in the order that Python's `random.Random(seed).shuffle` gives.
 *
 * @param seed Any safe integer.
 * @example
 * shuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0); // [7, 8, 1, 5, 3, 4, 2, 0, 9, 6]
 */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  new MersenneTwister(seed).shuffle(copy);
  return copy;
}
