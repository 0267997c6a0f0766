import type { Xoshiro } from '../math/xoshiro.ts';
import { bca } from './bca.ts';
import type { Estimate } from './estimate.ts';
import { requireFinite } from './moments.ts';

/**
 * Variance (divisor n - 1) with the BCa interval over items.
 *
 * Null below two values; throws RangeError for a value that is not finite.
 *
 * @example
 * variance([2, 4, 4, 4, 5, 5, 7, 9, 3, 6], new Xoshiro(0)).value; // 4.1
 */
export function variance(values: ArrayLike<number>, random: Xoshiro, resamples?: number): Estimate {
  requireFinite(values, 'values');
  return bca(values.length, (indices) => varianceAt(values, indices), random, resamples);
}

/**
 * Standard deviation (divisor n - 1) with the BCa interval over items.
 *
 * Null below two values; throws RangeError for a value that is not finite.
 *
 * @example
 * standardDeviation([2, 4, 4, 4, 5, 5, 7, 9, 3, 6], new Xoshiro(0)).value; // 2.0248456731316584
 */
export function standardDeviation(values: ArrayLike<number>, random: Xoshiro, resamples?: number): Estimate {
  requireFinite(values, 'values');
  const statistic = (indices: Uint32Array) => {
    const squared = varianceAt(values, indices);
    return squared === null ? null : Math.sqrt(squared);
  };
  return bca(values.length, statistic, random, resamples);
}

function varianceAt(values: ArrayLike<number>, indices: Uint32Array): number | null {
  const n = indices.length;
  if (n < 2) return null;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[indices[i]!]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[indices[i]!]! - mean) ** 2;
  return squares / (n - 1);
}
