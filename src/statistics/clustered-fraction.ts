import { type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { wilsonBounds } from './fraction.ts';
import { varianceOf } from './moments.ts';

/**
 * Share of successes among trials that come in clusters of equal size, with a Wilson interval that allows for it.
 *
 * `counts[i]`: successes of cluster i, an integer in [0, size]. The interval is Wilson's for n·size / deff independent
 * trials, where the design effect deff = (variance of the cluster shares) / (p(1 − p)/size) is how much more the share
 * varies than with independent trials. deff is kept within [1, size]: a cluster is worth one trial at least, and never
 * more than its size. At shares of 0 and 1, where it cannot be estimated, it is `size`. `n` of the estimate is the
 * number of clusters; null interval below 10 of them. Source: Rao and Scott 1992, "A simple method for the analysis of
 * clustered binary data".
 *
 * @throws RangeError for a size below 1 or a count outside [0, size]
 * @example
 * clusteredFraction([2, 2, 1, 2, 0, 2, 2, 1, 2, 2], 2); // value 0.8, low 0.530, high 0.934
 */
export function clusteredFraction(counts: readonly number[], size: number): Estimate {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`invalid "size"; not an integer from 1 on: ${size}`);
  for (const count of counts) {
    if (!Number.isInteger(count) || count < 0 || count > size)
      throw new RangeError(`invalid "counts"; not an integer in [0, ${size}]: ${count}`);
  }
  const method = 'Wilson interval for clusters';
  const n = counts.length;
  if (n === 0) return noEstimate(0, method, 'there are no items');
  const shares = counts.map((count) => count / size);
  const value = counts.reduce((sum, count) => sum + count, 0) / (n * size);
  const reason = tooFewItems(n);
  if (reason !== null) return withoutInterval(value, n, method, reason);
  const [low, high] = wilsonBounds(value, (n * size) / designEffect(shares, value, size));
  return { value, low, high, n, method, reason: null };
}

function designEffect(shares: readonly number[], value: number, size: number): number {
  const independent = (value * (1 - value)) / size;
  if (independent === 0) return size;
  return Math.min(size, Math.max(1, varianceOf(shares) / independent));
}
