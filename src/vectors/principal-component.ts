import { symmetricEigen } from '../math/linear-algebra.ts';
import { dot } from '../math/vector.ts';
import { checkPairs } from './check-pairs.ts';
import { combine, gram } from './span.ts';

/**
 * The first principal component of the pairs' differences, as a unit vector; zeros where all differences are.
 *
 * The differences are not centred over items: that would remove the mean effect itself. The sign is the one with
 * which the differences' mean projection is positive. Found in the span of the differences, from the n × n matrix of
 * their inner products, since pairs are fewer than the stream is wide. Source: Zou et al. 2023 (RepE), section 3.1.
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * principalComponent([Float32Array.of(3, 0)], [Float32Array.of(1, 0)]); // Float32Array [1, 0]
 */
export function principalComponent(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  checkPairs(positive, negative);
  const differences = positive.map((activation, i) =>
    Float64Array.from(activation, (component, k) => component - negative[i]![k]!),
  );
  const { values, vectors } = symmetricEigen(gram(differences));
  if (!(values[0]! > 0)) return new Float32Array(positive[0]!.length);
  const component = combine(differences, vectors[0]!);
  const meanProjection = differences.reduce((sum, difference) => sum + dot(difference, component), 0);
  const length = Math.sqrt(dot(component, component)) * (meanProjection < 0 ? -1 : 1);
  return Float32Array.from(component, (value) => value / length);
}
