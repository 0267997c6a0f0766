import { accumulate, dot } from '../math/vector.ts';
import { signedDPrime } from './separability.ts';

/** How well difference-of-means lines tell held-out pairs apart. */
export interface CrossValidatedSeparability {
  /** d' of the held-out projections with its sign: near 0 for noise, below 0 where they lie the wrong way round. */
  dPrime: number | null;
  /** Number of pairs. */
  n: number;
  folds: number;
  /** Why d' is null; null where it is not. */
  reason: string | null;
}

/**
 * Cross-validated d' of difference-of-means lines: what a layer's activations hold about the behaviour, honestly.
 *
 * `positive[i]`, `negative[i]`: the activations of pair i (width). Pair i is held out in fold i mod `folds`; its two
 * activations, less the midpoint of the training pairs, are projected on the unit mean difference of the training
 * pairs, and all held-out projections are pooled. `folds` defaults to 5. Null below two pairs a fold.
 * Throws RangeError when the sides differ in number or width, or for fewer than two folds.
 *
 * @example
 * crossValidatedSeparability(positiveActivations, negativeActivations).dPrime;
 */
export function crossValidatedSeparability(
  positive: readonly ArrayLike<number>[],
  negative: readonly ArrayLike<number>[],
  folds = 5,
): CrossValidatedSeparability {
  const n = positive.length;
  if (negative.length !== n)
    throw new RangeError(`sides differ in number: ${n} positive, ${negative.length} negative`);
  if (!Number.isInteger(folds) || folds < 2)
    throw new RangeError(`invalid "folds"; not an integer from 2 on: ${folds}`);
  if (n < 2 * folds)
    return { dPrime: null, n, folds, reason: `${folds} folds need ${2 * folds} pairs; there are ${n}` };

  const totals = { positive: sumOf(positive), negative: sumOf(negative) };
  const projections = { positive: new Float64Array(n), negative: new Float64Array(n) };
  for (let fold = 0; fold < folds; fold++) {
    const sums = { positive: totals.positive.slice(), negative: totals.negative.slice() };
    let training = n;
    for (let i = fold; i < n; i += folds) {
      accumulate(sums.positive, positive[i]!, -1);
      accumulate(sums.negative, negative[i]!, -1);
      training--;
    }
    const line = sums.positive.map((sum, k) => (sum - sums.negative[k]!) / training);
    const length = Math.sqrt(dot(line, line));
    if (length === 0) return { dPrime: null, n, folds, reason: 'the mean difference of a fold is 0' };
    // Without the midpoint each fold's line would add an offset of its own, and the pooled spread would hold it.
    const offset = (dot(line, sums.positive) + dot(line, sums.negative)) / (2 * training);
    for (let i = fold; i < n; i += folds) {
      projections.positive[i] = (dot(line, positive[i]!) - offset) / length;
      projections.negative[i] = (dot(line, negative[i]!) - offset) / length;
    }
  }
  const dPrime = signedDPrime(projections.positive, projections.negative);
  return { dPrime, n, folds, reason: dPrime === null ? 'the held-out projections do not vary' : null };
}

function sumOf(activations: readonly ArrayLike<number>[]): Float64Array {
  const sum = new Float64Array(activations[0]!.length);
  for (const activation of activations) accumulate(sum, activation);
  return sum;
}
