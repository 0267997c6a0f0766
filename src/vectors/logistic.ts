import { fitLogistic } from '../math/logistic-regression.ts';
import { checkPairs } from './check-pairs.ts';
import { centred, combine, gram } from './span.ts';

/** C of the loss: how much the data count against the length of the normal. scikit-learn's default. */
const strength = 1;

/**
 * The normal of the logistic regression that tells positive from negative activations, L2-regularised.
 *
 * Minimises ½‖w‖² + C Σ log(1 + exp(−y_i (w·x_i + b))) over w and the unpenalised b, C = 1, y = ±1, activations as
 * they are (not standardised): scikit-learn's `LogisticRegression(C=1)`. The pairing plays no part. Solved in the span
 * of the activations, w = Σ a_i x_i, since they are fewer than the stream is wide.
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * logisticNormal(positive, negative); // length says how sharp the classes are; rescaled by extractVector
 */
export function logisticNormal(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  checkPairs(positive, negative);
  // The bias is free, so a shift of all activations changes nothing but the conditioning.
  const rows = centred([...positive, ...negative]);
  const labels = rows.map((_, i) => (i < positive.length ? 1 : -1));
  return Float32Array.from(combine(rows, fitLogistic(gram(rows), labels, strength).weights));
}
