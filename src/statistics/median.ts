import type { Estimate } from './estimate.ts';
import { quantile } from './quantile.ts';

/**
 * Median with the interval between two order statistics: {@link quantile} at one half.
 *
 * @example
 * median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]); // value 5.5, low 2, high 9
 */
export function median(values: ArrayLike<number>): Estimate {
  return quantile(values, 0.5);
}
