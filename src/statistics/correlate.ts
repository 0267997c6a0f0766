import { pearson, spearman } from './correlation.ts';
import { type Estimate, noEstimate } from './estimate.ts';

/** How two measures of the same things go together. */
export interface Correlations {
  /** By ranks: the one to trust where values are skewed. */
  spearman: Estimate;
  /** Along a line; its interval supposes normal pairs. */
  pearson: Estimate;
  /** Pairs with both values. */
  n: number;
  /** Pairs left out because a value is null. */
  leftOut: number;
}

/** With three pairs even a rank correlation of 1 happens by chance in one of six. */
const fewestPairs = 4;

/**
 * Spearman and Pearson correlation of two measures, over datasets for instance, pairs with a null left out.
 *
 * Null with a reason below four pairs; no interval below ten. Throws RangeError when the lengths differ or a value is
 * not finite.
 *
 * @example
 * correlate([1, 2, null, 4, 5], [2, 1, 7, 4, 5]).spearman.value; // 0.8, of 4 pairs
 */
export function correlate(x: ArrayLike<number | null>, y: ArrayLike<number | null>): Correlations {
  if (x.length !== y.length)
    throw new RangeError(`"x" and "y" differ in length: ${x.length} and ${y.length}`);
  const places = Array.from(x, (_, i) => i).filter((i) => x[i] !== null && y[i] !== null);
  const n = places.length;
  const leftOut = x.length - n;
  const left = places.map((i) => x[i]!);
  const right = places.map((i) => y[i]!);
  const both = { spearman: spearman(left, right), pearson: pearson(left, right) };
  if (n >= fewestPairs) return { ...both, n, leftOut };
  const reason = `a correlation needs at least ${fewestPairs} pairs; there are ${n}`;
  return {
    spearman: noEstimate(n, both.spearman.method, reason),
    pearson: noEstimate(n, both.pearson.method, reason),
    n,
    leftOut,
  };
}
