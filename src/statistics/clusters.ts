import { tQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { allEqual, requireFinite } from './moments.ts';
import { requireProbability } from './quantile.ts';
import { quantileOfSorted } from './sorted-quantile.ts';

/**
 * Mean of values that come in groups, tokens of texts for instance, with the cluster-robust t interval.
 *
 * Every value weighs the same. With e_g the sum of the deviations of group g from the mean and N values in n groups,
 * the squared standard error is n/(n - 1)·Σ e_g²/N², with n - 1 degrees of freedom (Liang and Zeger 1986): groups are
 * taken to be independent, their values not. `n` of the estimate counts groups; empty ones are left out. Null interval
 * below 10 groups or where no group deviates. Throws RangeError for a value that is not finite.
 *
 * @example
 * meanOfClusters(texts.map(({ kl }) => kl)); // KL per token, with the uncertainty of having so few texts
 */
export function meanOfClusters(clusters: readonly ArrayLike<number>[]): Estimate {
  const method = 't interval, robust to correlation within groups';
  const { groups, sorted } = gather(clusters);
  const n = groups.length;
  if (n === 0) return noEstimate(0, method, 'there are no values');
  const value = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const few = tooFewItems(n) ?? (allEqual(sorted) ? 'all values are equal' : null);
  if (few !== null) return withoutInterval(value, n, method, few);
  const error = clusterError(groups, (x) => x - value);
  if (error === 0) return withoutInterval(value, n, method, 'no group deviates from the mean');
  const half = tQuantile((1 + confidence) / 2, n - 1) * error;
  return { value, low: value - half, high: value + half, n, method, reason: null };
}

/**
 * Quantile of values that come in groups, with Woodruff's interval by the cluster-robust error of the share below it.
 *
 * The share of values at or below the quantile q̂ has the standard error e of {@link meanOfClusters}; the interval runs
 * between the quantiles at p ± t(0.975, n - 1)·e (Woodruff 1952; Francisco and Fuller 1991). A bootstrap over groups
 * covers less: docs/coverage.md. `n` of the estimate counts groups. Null interval below 10 groups, or where
 * p ± t·e leaves [0, 1]: then the groups are too few to bound the quantile. Throws RangeError for a probability
 * outside [0, 1] or a value that is not finite.
 *
 * @example
 * quantileOfClusters(texts.map(({ kl }) => kl), 0.95); // 95th percentile of KL per token
 */
export function quantileOfClusters(clusters: readonly ArrayLike<number>[], probability: number): Estimate {
  requireProbability(probability);
  const method = 'interval of Woodruff, robust to correlation within groups';
  const { groups, sorted } = gather(clusters);
  const n = groups.length;
  if (n === 0) return noEstimate(0, method, 'there are no values');
  const value = quantileOfSorted(sorted, probability);
  const few = tooFewItems(n) ?? (allEqual(sorted) ? 'all values are equal' : null);
  if (few !== null) return withoutInterval(value, n, method, few);
  const error = clusterError(groups, (x) => (x <= value ? 1 : 0) - probability);
  const half = tQuantile((1 + confidence) / 2, n - 1) * error;
  if (half === 0) return withoutInterval(value, n, method, 'the share below does not vary over groups');
  if (probability - half < 0 || probability + half > 1) {
    const bound = probability - half < 0 ? 'below' : 'above';
    return withoutInterval(
      value,
      n,
      method,
      `${n} groups cannot bound the quantile ${probability} from ${bound}`,
    );
  }
  return {
    value,
    low: quantileOfSorted(sorted, probability - half),
    high: quantileOfSorted(sorted, probability + half),
    n,
    method,
    reason: null,
  };
}

/** The groups that hold values, and all values in ascending order. */
function gather(clusters: readonly ArrayLike<number>[]): {
  groups: ArrayLike<number>[];
  sorted: Float64Array;
} {
  const groups = clusters.filter(({ length }) => length > 0);
  for (const group of groups) requireFinite(group, 'clusters');
  const all = new Float64Array(groups.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const group of groups) {
    all.set(group, place);
    place += group.length;
  }
  return { groups, sorted: all.sort() };
}

/** Standard error of the mean of `deviation` over all values, groups being independent. */
function clusterError(groups: readonly ArrayLike<number>[], deviation: (value: number) => number): number {
  let squares = 0;
  let count = 0;
  for (const group of groups) {
    let sum = 0;
    for (let i = 0; i < group.length; i++) sum += deviation(group[i]!);
    squares += sum ** 2;
    count += group.length;
  }
  return Math.sqrt((groups.length / (groups.length - 1)) * squares) / count;
}
