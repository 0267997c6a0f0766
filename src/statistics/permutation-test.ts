import type { Xoshiro } from '../math/xoshiro.ts';

/**
 * One-sided p value of a statistic of values in their order, among random orders: (1 + #{T_k >= T}) / (K + 1).
 *
 * Source: Phipson and Smyth 2010. `draws` is K.
 *
 * @example
 * permutationTest(slopes, (values) => explained(values), new Xoshiro(0), 999).p;
 */
export function permutationTest(
  values: ArrayLike<number>,
  statistic: (values: Float64Array) => number,
  random: Xoshiro,
  draws: number,
): { p: number; draws: number } {
  const observed = statistic(Float64Array.from(values));
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    random.shuffle(order);
    // A permutation that only reorders equal items gives the same statistic up to rounding: it counts.
    if (statistic(Float64Array.from(order, (i) => values[i]!)) >= observed * (1 - 1e-12)) asLarge++;
  }
  return { p: (1 + asLarge) / (draws + 1), draws };
}
