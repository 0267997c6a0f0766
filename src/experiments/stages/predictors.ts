import { dot, norm } from '../../math/vector.ts';
import type { Result } from '../../result/schema.ts';
import { directionalAgreement } from '../../statistics/directional-agreement.ts';
import { noEstimate, withoutInterval } from '../../statistics/estimate.ts';
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
  const differences = pairs.positive.map((positive, pair) =>
    positive.map((value, index) => value - pairs.negative[pair]![index]!),
  );
  const points = separability(project(pairs.positive), project(pairs.negative));
  const estimate = (value: number | null) =>
    value === null
      ? noEstimate(differences.length, 'point value', points.reason ?? 'undefined')
      : withoutInterval(value, differences.length, 'point value', 'no interval was computed');
  return {
    directionalAgreement: directionalAgreement(differences, vector),
    dPrime: estimate(points.dPrime),
    rocAuc: estimate(points.rocAuc),
    overlap: estimate(points.overlap),
  };
}
