import { normalQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { allEqual, meanOf, requireFinite } from './moments.ts';
import { ranks } from './ranks.ts';

/**
 * Pearson's correlation with Fisher's z interval, standard error 1/√(n - 3) (Fisher 1921).
 *
 * Null where one side does not vary; null interval below 10 pairs or at ±1. Throws RangeError when the lengths differ
 * or a value is not finite. The interval supposes normal pairs: docs/coverage.md says what heavy tails do to it.
 *
 * @example
 * pearson([1, 2, 3], [2, 4, 5]).value; // 0.981980506061966
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): Estimate {
  requirePairs(x, y);
  const value = correlationOf(x, y);
  return fisherInterval(value, x.length, 'Fisher z interval', 1);
}

/**
 * Spearman's rank correlation, ties averaged, with Fisher's z interval, standard error √((1 + r²/2)/(n - 3))
 * (Bonett and Wright 2000).
 *
 * Null where one side does not vary; null interval below 10 pairs or at ±1. Throws RangeError when the lengths differ
 * or a value is not finite. Chosen over BCa, which covers less: docs/coverage.md.
 *
 * @example
 * spearman([1, 2, 3], [2, 4, 3]).value; // 0.5
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): Estimate {
  requirePairs(x, y);
  const value = correlationOf(ranks(x), ranks(y));
  return fisherInterval(value, x.length, 'Fisher z interval, Bonett-Wright', 1 + (value ?? 0) ** 2 / 2);
}

/** Pearson's correlation of two arrays of one length, in [-1, 1]; null where one of them does not vary. */
export function correlationOf(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  if (allEqual(x) || allEqual(y)) return null;
  const meanX = meanOf(x);
  const meanY = meanOf(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // One root keeps exact cases exact; two are for products that leave the range of a double.
  const product = xx * yy;
  const scale = product > 0 && product < Infinity ? Math.sqrt(product) : Math.sqrt(xx) * Math.sqrt(yy);
  return scale === 0 ? null : Math.min(1, Math.max(-1, xy / scale));
}

function fisherInterval(value: number | null, n: number, method: string, varianceFactor: number): Estimate {
  if (value === null) return noEstimate(n, method, n === 0 ? 'there are no pairs' : 'one side does not vary');
  const reason =
    tooFewItems(n) ??
    (1 - Math.abs(value) < 1e-12 ? 'a correlation of 1 or -1 has no Fisher interval' : null);
  if (reason !== null) return withoutInterval(value, n, method, reason);
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(varianceFactor / (n - 3));
  const z = Math.atanh(value);
  return { value, low: Math.tanh(z - half), high: Math.tanh(z + half), n, method, reason: null };
}

function requirePairs(x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length)
    throw new RangeError(`"x" and "y" differ in length: ${x.length} and ${y.length}`);
  requireFinite(x, 'x');
  requireFinite(y, 'y');
}
