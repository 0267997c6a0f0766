import { cosine } from '../math/vector.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { mean } from './mean.ts';

/**
 * Mean cosine between each pair's difference d_i and the vector v, with the t interval (Braun et al. 2025).
 *
 * `differences`: arrays of the vector's width, from pairs that did not make it. Differences of length 0 have no
 * direction and are left out; null where none is left or the vector has length 0.
 *
 * @example
 * directionalAgreement([Float32Array.of(1, 0), Float32Array.of(1, 1)], Float32Array.of(1, 0)).value; // 0.854
 */
export function directionalAgreement(
  differences: readonly ArrayLike<number>[],
  vector: ArrayLike<number>,
): Estimate {
  const cosines = differences
    .map((difference) => cosine(difference, vector))
    .filter((value): value is number => value !== null);
  if (cosines.length === 0) return noEstimate(0, 't interval', 'no difference has a direction to compare');
  return mean(cosines);
}
