import { type Estimate, noEstimate, withoutInterval } from './estimate.ts';
import { allEqual, meanOf, requireFinite, squaredDeviations } from './moments.ts';

/**
 * Excess kurtosis corrected for bias (G2 of Joanes and Gill 1998; what pandas calls `kurt`): 0 for a normal.
 *
 * Null below four values or where all are equal. Never an interval: none covers at the sizes used here.
 * Throws RangeError for a value that is not finite.
 *
 * @example
 * excessKurtosis([1, 2, 3, 4, 10]).value; // 3.152
 */
export function excessKurtosis(values: ArrayLike<number>): Estimate {
  requireFinite(values, 'values');
  const n = values.length;
  const method = 'G2, corrected for bias';
  if (n < 4) return noEstimate(n, method, `a kurtosis needs at least 4 values; there are ${n}`);
  if (allEqual(values)) return noEstimate(n, method, `all ${n} values are equal`);
  const mean = meanOf(values);
  let fourths = 0;
  for (let i = 0; i < n; i++) fourths += (values[i]! - mean) ** 4;
  const squares = squaredDeviations(values);
  if (squares === 0) return noEstimate(n, method, 'the variance is 0 in float64');
  const raw = (n * (n + 1) * (n - 1) * fourths) / ((n - 2) * (n - 3) * squares ** 2);
  const value = raw - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
  return withoutInterval(value, n, method, 'no interval for a kurtosis covers at these sizes');
}
