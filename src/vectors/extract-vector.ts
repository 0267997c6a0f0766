import { norm, scale } from '../math/vector.ts';
import { ldaDirection } from './lda.ts';
import { logisticNormal } from './logistic.ts';
import { meanDifference } from './mean-difference.ts';
import type { ExtractionMethod, Method } from './method.ts';
import { principalComponent } from './principal-component.ts';

/** The function of each method. */
const functions: Record<Method, ExtractionMethod> = {
  'mean-difference': meanDifference,
  'principal-component': principalComponent,
  logistic: logisticNormal,
  lda: ldaDirection,
};

/**
 * The steering vector of one layer.
 *
 * `positive[i]`, `negative[i]`: activations of pair i (Float32Array, width). Every method but the mean difference is
 * rescaled to the mean difference's norm, so that multipliers compare; where that norm is 0, so is the vector.
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * const vector = extractVector('logistic', positive, negative);
 */
export function extractVector(
  method: Method,
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  const mean = meanDifference(positive, negative);
  if (method === 'mean-difference') return mean;
  const direction = functions[method](positive, negative);
  const length = norm(direction);
  return length > 0 ? scale(direction, norm(mean) / length) : direction;
}
