import { tCdf } from '../math/distributions.ts';
import { requireFinite } from './moments.ts';

/** A p value with the number of null draws it rests on. */
export interface NullTest {
  /** In (0, 1]; null where it cannot be computed. */
  p: number | null;
  /** K, the number of null draws; the smallest p that `countingPValue` can give is 1/(K + 1). */
  draws: number;
  /** Why p is null; null where it is not. */
  reason: string | null;
}

/**
 * Two-sided p value by counting: (1 + #{|s_k| >= |s|}) / (K + 1) (Phipson and Smyth 2010).
 *
 * Null without draws. Throws RangeError for a number that is not finite.
 *
 * @example
 * countingPValue(2, [0.1, -0.3, 0.2]); // p 0.25, draws 3
 */
export function countingPValue(observed: number, nulls: ArrayLike<number>): NullTest {
  requireFinite([observed], 'observed');
  requireFinite(nulls, 'nulls');
  const draws = nulls.length;
  if (draws === 0) return { p: null, draws, reason: 'there are no null draws' };
  let asLarge = 0;
  for (let k = 0; k < draws; k++) if (Math.abs(nulls[k]!) >= Math.abs(observed)) asLarge++;
  return { p: (1 + asLarge) / (draws + 1), draws, reason: null };
}

/**
 * Two-sided p value of `observed` among null slopes that are normal about 0, by t = s / √(Σ s_k²/K) with K degrees
 * of freedom: for many datasets at once, where counting could not get below 1/(K + 1).
 *
 * The null mean is 0 because a random direction and its opposite are equally likely. Null below 10 draws or where
 * all are 0. Throws RangeError for a number that is not finite.
 *
 * @example
 * tailPValue(3, [1, -1, 1, -1, 1, -1, 1, -1, 1, -1]).p; // 0.0133: t = 3 with 10 degrees of freedom
 */
export function tailPValue(observed: number, nulls: ArrayLike<number>): NullTest {
  requireFinite([observed], 'observed');
  requireFinite(nulls, 'nulls');
  const draws = nulls.length;
  if (draws < 10)
    return { p: null, draws, reason: `a t tail needs at least 10 null draws; there are ${draws}` };
  let squares = 0;
  for (let k = 0; k < draws; k++) squares += nulls[k]! ** 2;
  if (squares === 0) return { p: null, draws, reason: 'all null draws are 0' };
  return { p: 2 * tCdf(-Math.abs(observed) / Math.sqrt(squares / draws), draws), draws, reason: null };
}
