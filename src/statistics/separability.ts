import { type Estimate, noEstimate } from './estimate.ts';
import { jackknife, linearScale } from './jackknife.ts';
import { meanOf, varianceOf } from './moments.ts';
import { overlap } from './overlap.ts';
import { rocAuc } from './roc-auc.ts';

/** How far the two sides of pairs lie apart on one line. */
export interface Separability {
  /** (m₊ - m₋) / √((var₊ + var₋)/2): below 0 where the sides lie the wrong way round. */
  dPrime: Estimate;
  /** Area under the ROC curve: chance that a positive lies above a negative, ties half. */
  rocAuc: Estimate;
  /** 1 - the largest distance of the two distribution functions: the share that no threshold can tell apart. */
  overlap: Estimate;
}

/**
 * Separability of the positive and negative projections of pairs (Braun et al. 2025): d', ROC AUC and overlap.
 *
 * `positive[i]`, `negative[i]`: the two sides of pair i, which stay together in every interval. d' is signed, which
 * the published |m₊ - m₋| is not, so that its interval covers about 0 too; its interval is a {@link jackknife} one.
 * The others: {@link rocAuc}, {@link overlap}. Meaningful out of sample only: on the pairs that made the line, pure
 * noise gives d' = 5 at 48 pairs. Throws RangeError when the sides differ in number or a number is not finite.
 *
 * @example
 * separability([2, 3, 4], [0, 1, 2]); // dPrime 2, rocAuc 0.944, overlap 0.333
 */
export function separability(positive: ArrayLike<number>, negative: ArrayLike<number>): Separability {
  return {
    rocAuc: rocAuc(positive, negative),
    overlap: overlap(positive, negative),
    dPrime: dPrime(positive, negative),
  };
}

function dPrime(positive: ArrayLike<number>, negative: ArrayLike<number>): Estimate {
  const n = positive.length;
  const side = (values: ArrayLike<number>, indices: Uint32Array) =>
    Float64Array.from(indices, (i) => values[i]!);
  if (n < 2 || signedDPrime(positive, negative) === null) {
    const reason =
      n < 2 ? `d' needs at least two pairs; there are ${n}` : "neither side varies, so d' is undefined";
    return noEstimate(n, 'jackknife over items', reason);
  }
  return jackknife(n, (at) => signedDPrime(side(positive, at), side(negative, at)), linearScale);
}

/** (m₊ - m₋) / √((var₊ + var₋)/2): d' with its sign; null where neither side varies. */
export function signedDPrime(positive: ArrayLike<number>, negative: ArrayLike<number>): number | null {
  const pooled = (varianceOf(positive) + varianceOf(negative)) / 2;
  return pooled > 0 ? (meanOf(positive) - meanOf(negative)) / Math.sqrt(pooled) : null;
}
