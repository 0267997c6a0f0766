import { fitLogistic, type LogisticFit, logisticLoss } from '../math/logistic-regression.ts';
import { dot } from '../math/vector.ts';

/** Tried values of C: from strong regularisation, where all scores are near 0, to almost none. */
const strengths = [1, 10, 100, 1000];
const folds = 5;

/** Fewest pairs from which C can be chosen: two a fold. */
export const pairsForStrength = 2 * folds;

/** Of more pairs the first are used: the choice is settled by then, and the time is cubic. */
const mostPairs = 100;

/**
 * The C of a logistic regression with the least log loss in five-fold cross-validation; the smaller of equals.
 *
 * `products`: inner products of the rows, of which 2i and 2i + 1 are the two answers of pair i; the pair is held out in
 * fold i mod 5. The loss, not the number of errors: it also asks that the scores be log-odds that can be believed.
 *
 * @throws RangeError for fewer than ten pairs
 * @example
 * chooseStrength(overlapProducts(rows), labels); // 10
 */
export function chooseStrength(products: readonly Float64Array[], labels: readonly number[]): number {
  const pairs = Math.min(mostPairs, labels.length / 2);
  if (pairs < pairsForStrength)
    throw new RangeError(`a choice of C needs ${pairsForStrength} pairs; there are ${pairs}`);
  const losses = strengths.map((strength) => heldOutLoss(products, labels, pairs, strength));
  return strengths[losses.indexOf(Math.min(...losses))]!;
}

function heldOutLoss(
  products: readonly Float64Array[],
  labels: readonly number[],
  pairs: number,
  strength: number,
): number {
  const rows = Array.from({ length: 2 * pairs }, (_, row) => row);
  let loss = 0;
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (row: number): boolean => (row >> 1) % folds === fold;
    const training = rows.filter((row) => !isHeldOut(row));
    const fit = fitLogistic(
      training.map((row) => pick(products[row]!, training)),
      training.map((row) => labels[row]!),
      strength,
    );
    for (const row of rows.filter(isHeldOut)) {
      loss += logisticLoss(labels[row]! * scoreOf(fit, pick(products[row]!, training)));
    }
  }
  return loss;
}

function scoreOf({ weights, bias }: LogisticFit, products: Float64Array): number {
  return dot(weights, products) + bias;
}

function pick(values: Float64Array, places: readonly number[]): Float64Array {
  return Float64Array.from(places, (place) => values[place]!);
}
