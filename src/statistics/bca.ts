import { normalCdf, normalQuantile } from '../math/distributions.ts';
import type { Xoshiro } from '../math/xoshiro.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { quantileOfSorted } from './sorted-quantile.ts';

/** A statistic of the items at these indices (which repeat in a resample); null where it is undefined. */
type IndexedStatistic = (indices: Uint32Array) => number | null;

/** Share of resamples that may be undefined before the interval is given up. */
const undefinedLimit = 0.05;

/**
 * A statistic of `n` items with the bias-corrected and accelerated bootstrap interval over items.
 *
 * Items are drawn jointly, so that a statistic of several arrays keeps them paired. The acceleration comes from the
 * jackknife, ties with the observed value count half (Efron 1987; as scipy's `bootstrap`). `resamples` defaults to
 * 4000. Null interval below 10 items, where the statistic is undefined in more than 5 % of the resamples or in a
 * jackknife sample, or where it does not vary. The same `random` in the same state gives the same interval.
 *
 * @example
 * const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
 * bca(values.length, (at) => varianceOf(Float64Array.from(at, (i) => values[i]!)), new Xoshiro(0));
 */
export function bca(n: number, statistic: IndexedStatistic, random: Xoshiro, resamples = 4000): Estimate {
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new RangeError(`invalid "resamples"; not an integer from 100 on: ${resamples}`);
  }
  const method = `BCa bootstrap over items, ${resamples} resamples`;
  if (n === 0) return noEstimate(0, method, 'there are no items');
  const value = statistic(Uint32Array.from({ length: n }, (_, i) => i));
  if (value === null) return noEstimate(n, method, 'the statistic is undefined for these items');
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);

  const acceleration = jackknifeAcceleration(n, statistic);
  if (typeof acceleration === 'string') return withoutInterval(value, n, method, acceleration);
  const drawn = draw(n, statistic, random, resamples);
  if (drawn.length < (1 - undefinedLimit) * resamples) {
    const missing = resamples - drawn.length;
    return withoutInterval(
      value,
      n,
      method,
      `the statistic is undefined in ${missing} of ${resamples} resamples`,
    );
  }
  const levels = correctedLevels(shareBelow(drawn, value), acceleration);
  if (levels === null) {
    return withoutInterval(value, n, method, 'the observed value lies outside nearly all resamples');
  }
  const [low, high] = levels.map((level) => quantileOfSorted(drawn, level)) as [number, number];
  return { value, low, high, n, method, reason: null };
}

/** The skewness of the jackknife influences over six, or the reason why there is none. */
function jackknifeAcceleration(n: number, statistic: IndexedStatistic): number | string {
  const kept = Uint32Array.from({ length: n - 1 }, (_, i) => i + 1);
  const influences = new Float64Array(n);
  for (let left = 0; left < n; left++) {
    const value = statistic(kept);
    if (value === null) return `the statistic is undefined without the item at index ${left}`;
    influences[left] = value;
    if (left < n - 1) kept[left] = left;
  }
  const centre = influences.reduce((sum, influence) => sum + influence, 0) / n;
  let squares = 0;
  let cubes = 0;
  for (const influence of influences) {
    squares += (centre - influence) ** 2;
    cubes += (centre - influence) ** 3;
  }
  return squares === 0 ? 'the statistic does not depend on any one item' : cubes / (6 * squares ** 1.5);
}

/** The statistic of each resample, ascending, undefined ones left out. */
function draw(n: number, statistic: IndexedStatistic, random: Xoshiro, resamples: number): Float64Array {
  const drawn = new Float64Array(resamples);
  const indices = new Uint32Array(n);
  let count = 0;
  for (let resample = 0; resample < resamples; resample++) {
    for (let i = 0; i < n; i++) indices[i] = random.below(n);
    const value = statistic(indices);
    if (value !== null) drawn[count++] = value;
  }
  return drawn.subarray(0, count).sort();
}

function shareBelow(sorted: Float64Array, value: number): number {
  let below = 0;
  for (const drawn of sorted) below += drawn < value ? 1 : drawn === value ? 0.5 : 0;
  return below / sorted.length;
}

/** The two quantile levels after correction (Efron 1987, equation 6.8); null where they leave (0, 1). */
function correctedLevels(share: number, acceleration: number): [number, number] | null {
  if (share === 0 || share === 1) return null;
  const bias = normalQuantile(share);
  const corrected = (level: number) => {
    const shifted = bias + normalQuantile(level);
    const divisor = 1 - acceleration * shifted;
    return divisor > 0 ? normalCdf(bias + shifted / divisor) : null;
  };
  const low = corrected((1 - confidence) / 2);
  const high = corrected((1 + confidence) / 2);
  return low === null || high === null ? null : [low, high];
}
