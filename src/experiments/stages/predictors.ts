import { dot, norm } from '../../math/vector.ts';
import type { Result } from '../../result/schema.ts';
import { directionalAgreement } from '../../statistics/directional-agreement.ts';
import { separability } from '../../statistics/separability.ts';

/**
 * What validation pairs say of a training vector before anything is steered (Braun et al. 2025).
 *
 * Always out of sample: on the pairs that made the vector, pure noise gives d' = 5 at 48 pairs.
 */
export function predictors(
  pairs: { positive: Float32Array[]; negative: Float32Array[] },
  vector: Float32Array,
): Pick<NonNullable<Result['vector']>, 'directionalAgreement' | 'dPrime' | 'rocAuc' | 'overlap'> {
  const length = norm(vector);
  const project = (side: Float32Array[]) =>
    side.map((activation) => (length > 0 ? dot(activation, vector) / length : 0));
  return {
    directionalAgreement: directionalAgreement(differencesOf(pairs), vector),
    ...separability(project(pairs.positive), project(pairs.negative)),
  };
}

/** Positive less negative activation of each pair. */
export function differencesOf(pairs: { positive: Float32Array[]; negative: Float32Array[] }): Float32Array[] {
  return pairs.positive.map((positive, pair) =>
    positive.map((value, index) => value - pairs.negative[pair]![index]!),
  );
}
