import { normalQuantile, tQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { logVarianceError } from './log-variance-error.ts';
import { allEqual, requireFinite, varianceOf } from './moments.ts';

/**
 * Variance (divisor n - 1) with Bonett's interval, which allows for the kurtosis of the values.
 *
 * With c = n/(n - z), z = 1.96, and e² the variance of ln s² ({@link logVarianceError}), the interval is
 * exp(ln(c s²) + e²/2 ± t(0.975, n - 1)·c·e): Bonett 2006, equation 5, with t for z and with the bias of ln s²
 * (-e²/2) taken off. Covers where the bootstrap does not: docs/coverage.md.
 *
 * Null below two values; null interval below 10, or where all are equal. Throws RangeError for a value that is not
 * finite.
 *
 * @example
 * variance([2, 4, 4, 4, 5, 5, 7, 9, 3, 6]).value; // 4.1
 */
export function variance(values: ArrayLike<number>): Estimate {
  requireFinite(values, 'values');
  const n = values.length;
  const method = 'interval of Bonett on the log scale';
  if (n < 2) return noEstimate(n, method, `a variance needs at least 2 values; there are ${n}`);
  if (allEqual(values)) return withoutInterval(0, n, method, `all ${n} values are equal`);
  const value = varianceOf(values);
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);
  const squaredError = logVarianceError(values);
  const correction = n / (n - normalQuantile((1 + confidence) / 2));
  const centre = correction * value * Math.exp(squaredError / 2);
  const half = tQuantile((1 + confidence) / 2, n - 1) * correction * Math.sqrt(squaredError);
  return {
    value,
    low: centre * Math.exp(-half),
    high: centre * Math.exp(half),
    n,
    method,
    reason: null,
  };
}

/**
 * Standard deviation (divisor n - 1): the root of {@link variance} and of the ends of its interval.
 *
 * @example
 * standardDeviation([2, 4, 4, 4, 5, 5, 7, 9, 3, 6]).value; // 2.0248456731316584
 */
export function standardDeviation(values: ArrayLike<number>): Estimate {
  const squared = variance(values);
  const root = (end: number | null) => (end === null ? null : Math.sqrt(end));
  return { ...squared, value: root(squared.value), low: root(squared.low), high: root(squared.high) };
}
