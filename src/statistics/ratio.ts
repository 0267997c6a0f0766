import type { Xoshiro } from '../math/xoshiro.ts';
import { bca } from './bca.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { mean } from './mean.ts';
import { requireFinite } from './moments.ts';

/**
 * Ratio of two means over the same items, with the BCa interval by joint resampling of items.
 *
 * Given only where the denominator is known to be above 0: the lower end of its t interval is. Otherwise null with
 * the reason. Throws RangeError when the lengths differ or a value is not finite.
 *
 * @example
 * ratio(slopesOutOfDistribution, slopesInDistribution, new Xoshiro(0)); // relative steerability
 */
export function ratio(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  random: Xoshiro,
  resamples?: number,
): Estimate {
  const n = numerators.length;
  if (denominators.length !== n) {
    throw new RangeError(`"numerators" and "denominators" differ in length: ${n} and ${denominators.length}`);
  }
  requireFinite(numerators, 'numerators');
  const { low, reason } = mean(denominators);
  if (low === null)
    return noEstimate(n, 'BCa bootstrap over items', `the denominator has no interval: ${reason}`);
  if (low <= 0) {
    return noEstimate(
      n,
      'BCa bootstrap over items',
      `the denominator's interval reaches down to ${low}, not above 0`,
    );
  }
  return bca(n, (indices) => ratioAt(numerators, denominators, indices), random, resamples);
}

function ratioAt(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  indices: Uint32Array,
): number | null {
  let top = 0;
  let bottom = 0;
  for (const index of indices) {
    top += numerators[index]!;
    bottom += denominators[index]!;
  }
  return bottom === 0 ? null : top / bottom;
}
