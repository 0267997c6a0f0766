import { checkPairs } from './check-pairs.ts';
import { MeanDifference } from './mean-difference-accumulator.ts';

/**
 * The mean of the differences of the pairs: v = (1/n) Σ (a(x_i, y+) − a(x_i, y−)). Not normalised.
 *
 * `positive[i]`, `negative[i]`: the two activations of pair i, width of the residual stream. Summed in float64,
 * rounded to float32 once. Source: Rimsky et al. 2024 (CAA), equation 1; Tan et al. 2024, section 3.
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * meanDifference([Float32Array.of(3, 1)], [Float32Array.of(1, 0)]); // Float32Array [2, 1]
 */
export function meanDifference(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  const mean = new MeanDifference(1, checkPairs(positive, negative));
  for (const [i, activation] of positive.entries()) mean.add(activation, negative[i]!);
  return mean.vectors()[0]!;
}
