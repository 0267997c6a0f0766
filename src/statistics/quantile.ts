import { binomialCdf } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { requireFinite } from './moments.ts';
import { quantileOfSorted } from './sorted-quantile.ts';

/**
 * Quantile with the interval between two order statistics, whose ranks come from the exact binomial.
 *
 * Covers at least 95 % for any continuous distribution of independent values (David and Nagaraja 2003, section 7.1);
 * for values that come in groups, tokens of texts for instance, see {@link quantileOfClusters}. `probability` in
 * [0, 1]. Null interval below 10 values, and where the values are too few to bound so far a quantile: the 95th
 * percentile needs 72. Throws RangeError for a probability outside or a value that is not finite.
 *
 * @example
 * quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5); // value 5.5, low 2, high 9
 */
export function quantile(values: ArrayLike<number>, probability: number): Estimate {
  requireProbability(probability);
  requireFinite(values, 'values');
  const n = values.length;
  const method = 'order statistics with exact binomial ranks';
  if (n === 0) return noEstimate(0, method, 'there are no values');
  const sorted = Float64Array.from(values).sort();
  const value = quantileOfSorted(sorted, probability);
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);
  const low = rankBelow(n, probability);
  const high = n + 1 - rankBelow(n, 1 - probability);
  if (low < 1 || high > n) {
    const bound = low < 1 ? 'below' : 'above';
    return withoutInterval(
      value,
      n,
      method,
      `${n} values cannot bound the quantile ${probability} from ${bound}`,
    );
  }
  return { value, low: sorted[low - 1]!, high: sorted[high - 1]!, n, method, reason: null };
}

/** Throws RangeError unless the number is a probability. */
export function requireProbability(probability: number): void {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`invalid "probability"; not in [0, 1]: ${probability}`);
}

/** The largest rank r, from 0, with P(Binomial(n, p) < r) <= 2.5 %. */
function rankBelow(n: number, p: number): number {
  let rank = Math.max(0, Math.floor(n * p - 3 * Math.sqrt(n * p * (1 - p)) - 3));
  while (rank < n && binomialCdf(rank, n, p) <= (1 - confidence) / 2) rank++;
  return rank;
}
