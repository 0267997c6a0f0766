import type { Estimate } from './estimate.ts';
import { fraction } from './fraction.ts';
import { requireFinite } from './moments.ts';

/**
 * Share of items whose slope is 0 or below, with the Wilson interval (Tan et al. 2024, section 4.1).
 *
 * Throws RangeError for a slope that is not finite; items without a slope are left out, and counted, before.
 *
 * @example
 * antiSteerableFraction([0.5, -0.1, 0.3, 0]).value; // 0.5
 */
export function antiSteerableFraction(slopes: ArrayLike<number>): Estimate {
  requireFinite(slopes, 'slopes');
  let backwards = 0;
  for (let i = 0; i < slopes.length; i++) if (slopes[i]! <= 0) backwards++;
  return fraction(backwards, slopes.length);
}
