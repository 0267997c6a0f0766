import { tQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { allEqual, meanOf, requireFinite, varianceOf } from './moments.ts';

/**
 * Mean with the t interval: mean ± t(0.975, n - 1)·sd/√n.
 *
 * Null interval below 10 values, or where all values are equal.
 * Throws RangeError for a value that is not finite.
 *
 * @example
 * mean([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]); // value 5.5, low 3.33, high 7.67
 */
export function mean(values: ArrayLike<number>): Estimate {
  requireFinite(values, 'values');
  const method = 't interval';
  const n = values.length;
  if (n === 0) return noEstimate(0, method, 'there are no values');
  const value = meanOf(values);
  const reason = tooFewItems(n) ?? (allEqual(values) ? `all ${n} values are equal` : null);
  if (reason !== null) return withoutInterval(value, n, method, reason);
  const half = tQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(varianceOf(values) / n);
  return { value, low: value - half, high: value + half, n, method, reason: null };
}
