import { tQuantile } from '../math/distributions.ts';
import { confidence } from './estimate.ts';
import { requireFinite, varianceOf } from './moments.ts';

/** The smallest mean slope that so many items, with this spread, could have shown. */
export interface DetectableSlope {
  /** Half-width of the t interval: a mean slope beyond it has an interval without 0. */
  halfWidth: number | null;
  /** (t(0.975, n-1) + t(0.8, n-1))·sd/√n: a true mean slope of this size is shown in 80 % of such experiments. */
  atPower80: number | null;
  n: number;
  /** Why both are null; null where they are not. */
  reason: string | null;
}

/**
 * The smallest mean slope that could have been shown with these per-item slopes' number and standard deviation.
 *
 * Two-sided at 5 %; the second figure approximates the noncentral t by a shifted one (Bloom 1995). Null below two
 * slopes. Throws RangeError for a slope that is not finite.
 *
 * @example
 * minimalDetectableSlope(slopes).atPower80; // in units of propensity per multiplier
 */
export function minimalDetectableSlope(slopes: ArrayLike<number>): DetectableSlope {
  requireFinite(slopes, 'slopes');
  const n = slopes.length;
  if (n < 2)
    return {
      halfWidth: null,
      atPower80: null,
      n,
      reason: `a spread needs at least 2 slopes; there are ${n}`,
    };
  const standardError = Math.sqrt(varianceOf(slopes) / n);
  const critical = tQuantile((1 + confidence) / 2, n - 1);
  return {
    halfWidth: critical * standardError,
    atPower80: (critical + tQuantile(0.8, n - 1)) * standardError,
    n,
    reason: null,
  };
}
