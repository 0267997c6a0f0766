import { normalQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { requireFinite, varianceOf } from './moments.ts';

/**
 * Standard errors to the upper end: 2·1.3581, the 95 % point of Kolmogorov's distribution at the widest place.
 *
 * The best threshold is chosen on the same data, so the overlap comes out too small; where nothing separates the sides
 * this many are needed for the interval to reach 1 in 95 % of samples.
 */
const upperErrors = 2.716;

/**
 * Overlap of the two sides: 1 - the largest distance of their distribution functions, from 0 (apart) to 1 (alike).
 *
 * It is twice the error rate of the best threshold, and what a coefficient of overlapping densities is where they
 * cross once; too small by some 0.1 at 20 pairs, less with more, since the threshold is the best for these very pairs.
 * `positive[i]` and `negative[i]` are the two sides of pair i. The interval is Wilson's for that error
 * rate, with the number of trials that the spread of the pairs' errors implies, and with more standard errors upwards
 * (see {@link upperErrors}): it covers 95 % or more. Null below two pairs; null interval below ten. Throws RangeError
 * when the sides differ in number or a number is not finite.
 *
 * @example
 * overlap([2, 3, 4], [0, 1, 2]).value; // 0.333
 */
export function overlap(positive: ArrayLike<number>, negative: ArrayLike<number>): Estimate {
  const n = positive.length;
  if (negative.length !== n)
    throw new RangeError(`sides differ in number: ${n} positive, ${negative.length} negative`);
  requireFinite(positive, 'positive');
  requireFinite(negative, 'negative');
  const method = 'Wilson interval of the best threshold, widened for its choice';
  if (n < 2) return noEstimate(n, method, `an overlap needs at least two pairs; there are ${n}`);
  const { distance, errors } = bestThreshold(positive, negative);
  const value = 1 - distance;
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);
  const rate = value / 2;
  const spread = varianceOf(errors);
  // Two independent errors a pair would be 2n trials; a pair whose errors go together is one.
  const trials = rate > 0 && spread > 0 ? Math.min(2 * n, (n * rate * (1 - rate)) / spread) : n;
  const end = (z: number) => {
    const half = z * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials));
    return (rate + (z * z) / (2 * trials) + half) / (1 + (z * z) / trials);
  };
  const low = Math.max(0, 2 * end(-normalQuantile((1 + confidence) / 2)));
  return {
    value,
    low: rate === 0 ? 0 : low,
    high: Math.min(1, 2 * end(upperErrors)),
    n,
    method,
    reason: null,
  };
}

/** The largest distance of the two distribution functions, and each pair's share of errors at its place: 0, 1/2, 1. */
function bestThreshold(
  positive: ArrayLike<number>,
  negative: ArrayLike<number>,
): { distance: number; errors: Float64Array } {
  const n = positive.length;
  const a = Float64Array.from(positive).sort();
  const b = Float64Array.from(negative).sort();
  let best = { distance: 0, threshold: Number.NEGATIVE_INFINITY, sign: 1 };
  for (let i = 0, j = 0; i < n && j < n; ) {
    const threshold = Math.min(a[i]!, b[j]!);
    while (i < n && a[i]! <= threshold) i++;
    while (j < n && b[j]! <= threshold) j++;
    if (Math.abs(j - i) / n > best.distance) best = { distance: Math.abs(j - i) / n, threshold, sign: j - i };
  }
  const positivesAbove = best.sign > 0;
  const wrong = (asIfAbove: boolean) => (asIfAbove === positivesAbove ? 0 : 0.5);
  const errors = Float64Array.from(positive, (value, i) => {
    return wrong(value > best.threshold) + wrong(negative[i]! <= best.threshold);
  });
  return { distance: best.distance, errors };
}
