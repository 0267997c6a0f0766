import { normalQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';

/**
 * Share of `count` among `n` with the Wilson score interval (Wilson 1927), always within [0, 1].
 *
 * Null interval below n = 10. Throws RangeError unless 0 <= count <= n, both integers.
 *
 * @example
 * fraction(5, 20); // value 0.25, low 0.112, high 0.469
 */
export function fraction(count: number, n: number): Estimate {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`invalid "n"; not an integer from 0 on: ${n}`);
  if (!Number.isInteger(count) || count < 0 || count > n) {
    throw new RangeError(`invalid "count"; not an integer in [0, ${n}]: ${count}`);
  }
  const method = 'Wilson interval';
  if (n === 0) return noEstimate(0, method, 'there are no items');
  const value = count / n;
  const reason = tooFewItems(n);
  if (reason !== null) return withoutInterval(value, n, method, reason);
  const [low, high] = wilsonBounds(value, n);
  return { value, low, high, n, method, reason: null };
}

/**
 * The 95 % Wilson bounds of a share among n trials; n need not be an integer where it is an effective number.
 *
 * @example
 * wilsonBounds(0.25, 20); // [0.112, 0.469]
 */
export function wilsonBounds(value: number, n: number): [low: number, high: number] {
  const z = normalQuantile((1 + confidence) / 2);
  const scale = 1 + (z * z) / n;
  const centre = (value + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n));
  // The ends are exact at no and at all successes, where rounding would leave a trace.
  return [value === 0 ? 0 : Math.max(0, centre - half), value === 1 ? 1 : Math.min(1, centre + half)];
}
