import { binomialCdf } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { requireFinite } from './moments.ts';
import { quantileOfSorted } from './quantile.ts';

/**
 * Median with the interval between two order statistics, whose ranks come from the exact binomial.
 *
 * Covers at least 95 % for any continuous distribution (David and Nagaraja 2003, section 7.1); null interval
 * below 10 values. Throws RangeError for a value that is not finite.
 *
 * @example
 * median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]); // value 5.5, low 2, high 9
 */
export function median(values: ArrayLike<number>): Estimate {
  requireFinite(values, 'values');
  const n = values.length;
  const method = 'order statistics with exact binomial ranks';
  if (n === 0) return noEstimate(0, method, 'there are no values');
  const sorted = Float64Array.from(values).sort();
  const value = quantileOfSorted(sorted, 0.5);
  const reason = tooFewItems(n);
  if (reason !== null) return withoutInterval(value, n, method, reason);
  const rank = lowerRank(n);
  return { value, low: sorted[rank - 1]!, high: sorted[n - rank]!, n, method, reason: null };
}

/** The largest rank r, from 1, with P(Binomial(n, 1/2) < r) <= 2.5 %. */
function lowerRank(n: number): number {
  let rank = Math.max(1, Math.floor(n / 2 - 1.5 * Math.sqrt(n)));
  while (binomialCdf(rank, n, 0.5) <= (1 - confidence) / 2) rank++;
  return rank;
}
