import { accumulate, cosine, dot } from '../math/vector.ts';
import type { Xoshiro } from '../math/xoshiro.ts';
import { type Estimate, noEstimate, tooFewItems } from './estimate.ts';
import { jackknife, type Scale } from './jackknife.ts';
import { meanOf } from './moments.ts';
import { quantileOfSorted } from './sorted-quantile.ts';

/** How much a mean-difference vector depends on the pairs that it was made of. */
export interface VectorStability {
  /** Number of pairs. */
  n: number;
  resamples: number;
  /** Mean cosine of the vectors of resampled pairs with the vector of all. */
  meanCosine: number | null;
  /** 2.5 % of those cosines lie below. */
  lowCosine: number | null;
  /** Cosine, as estimated, of this vector with that of infinitely many such pairs. */
  cosineWithLimit: Estimate;
  /** Why all are null; null where they are not. */
  reason: string | null;
}

/**
 * Stability of a mean-difference vector under resampling of its pairs.
 *
 * `differences[i]`: positive less negative activation of pair i, arrays of one width. The cosines are of resampled
 * with full vectors: of pure noise their mean is still about 0.71, since a resample shares the noise of the full
 * vector. What is left with fresh pairs is `cosineWithLimit`: with v the mean, S the summed variance of the components
 * and n pairs, |v|² overshoots |limit|² by S/n on average, and cos² = 1 - S/(n|v|²), signed so that it is below 0 where
 * v is shorter than noise alone would be; its interval is a {@link jackknife} one on Fisher's scale. `resamples`
 * defaults to 200. Null below 10 pairs or where v has length 0. Throws RangeError when widths differ.
 *
 * @example
 * vectorStability(differences, new Xoshiro(0)).cosineWithLimit.value; // 0.93
 */
export function vectorStability(
  differences: readonly ArrayLike<number>[],
  random: Xoshiro,
  resamples = 200,
): VectorStability {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new RangeError(`invalid "resamples"; not an integer from 1 on: ${resamples}`);
  const n = differences.length;
  const sum = new Float64Array(differences[0]?.length ?? 0);
  for (const difference of differences) accumulate(sum, difference);
  const reason = tooFewItems(n) ?? (dot(sum, sum) > 0 ? null : 'the mean difference has length 0');
  if (reason !== null) {
    const cosineWithLimit = noEstimate(n, 'jackknife over items', reason);
    return { n, resamples, meanCosine: null, lowCosine: null, cosineWithLimit, reason };
  }
  const cosines = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = new Float64Array(sum.length);
    for (let i = 0; i < n; i++) accumulate(drawn, differences[random.below(n)]!);
    cosines[resample] = cosine(drawn, sum) ?? 0;
  }
  cosines.sort();
  return {
    n,
    resamples,
    meanCosine: meanOf(cosines),
    lowCosine: quantileOfSorted(cosines, 0.025),
    cosineWithLimit: limitCosine(differences, sum),
    reason: null,
  };
}

/** From the products of each difference with itself and with the sum, which is all that leaving one out needs. */
function limitCosine(differences: readonly ArrayLike<number>[], sum: Float64Array): Estimate {
  const own = differences.map((difference) => dot(difference, difference));
  const withSum = differences.map((difference) => dot(difference, sum));
  const squaredSum = dot(sum, sum);
  const n = differences.length;
  const statistic = (indices: Uint32Array) => {
    const left = indices.length === n ? -1 : missingIndex(indices, n);
    const squares = left < 0 ? squaredSum : squaredSum - 2 * withSum[left]! + own[left]!;
    let total = 0;
    for (const i of indices) total += own[i]!;
    const m = indices.length;
    const length = squares / (m * m);
    const spread = (total - m * length) / (m - 1);
    // |limit|²/S without bias, whatever m; then for a vector of n pairs, since that is the one asked about.
    const signal = n * (length / spread - 1 / m);
    return spread > 0 ? signedRoot(signal / (1 + signal)) : null;
  };
  return jackknife(n, statistic, signalScale);
}

const signalScale: Scale = {
  to: (cosine) => -Math.log1p(-cosine * Math.abs(cosine)),
  from: (place) => signedRoot(-Math.expm1(-place)),
};

function signedRoot(value: number): number {
  return Math.sign(value) * Math.sqrt(Math.abs(value));
}

function missingIndex(indices: Uint32Array, n: number): number {
  let sum = (n * (n - 1)) / 2;
  for (const index of indices) sum -= index;
  return sum;
}
