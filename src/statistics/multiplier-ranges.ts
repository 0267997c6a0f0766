import { antiSteerableFraction } from './anti-steerable.ts';
import { correlate } from './correlate.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { mean } from './mean.ts';
import { fitSlope } from './slope.ts';

/** Steerability with the slopes fitted over the multipliers up to a limit. */
export interface MultiplierRange {
  /** |λ| <= limit. */
  limit: number;
  /** The multipliers used, in the order given. */
  multipliers: number[];
  /** Slope of each item over them; null where a propensity among them is null. */
  slopes: (number | null)[];
  mean: Estimate;
  /** Share of items with a slope of 0 or below. */
  antiSteerable: Estimate;
  /** Spearman of the per-item slopes with those over all multipliers. */
  agreement: Estimate;
  /** Items without a slope here. */
  leftOut: number;
  /** Why slopes and estimates are null; null where they are not. */
  reason: string | null;
}

/** Multipliers that differ by less are the same. */
const tolerance = 1e-9;

/**
 * How far steerability depends on the range of multipliers: slopes refitted for |λ| <= each limit (Tan et al. 2024,
 * figure 17).
 *
 * `propensitiesByItem[i][k]`: propensity of item i at multiplier k, null where there is none. `limits` default to 0.5,
 * 1 and 1.5. A limit is null with a reason where fewer than three multipliers lie within, where they are not
 * symmetric about 0 (curvature would tilt the line), or where none lies at the limit itself (the range would be
 * another one). Throws RangeError when a row differs in length or a number is not finite.
 *
 * @example
 * multiplierRanges([-1, -0.5, 0, 0.5, 1], propensities, [0.5, 1]).map(({ mean }) => mean.value);
 */
export function multiplierRanges(
  multipliers: readonly number[],
  propensitiesByItem: readonly (readonly (number | null)[])[],
  limits: readonly number[] = [0.5, 1, 1.5],
): MultiplierRange[] {
  const full = propensitiesByItem.map((row) => fitSlope(multipliers, row).slope);
  return limits.map((limit) => {
    const places = multipliers.flatMap((lambda, place) =>
      Math.abs(lambda) <= limit + tolerance ? [place] : [],
    );
    const within = places.map((place) => multipliers[place]!);
    const reason = unusableBecause(within, limit);
    if (reason !== null) return nothing(limit, within, propensitiesByItem.length, reason);
    const slopes = propensitiesByItem.map(
      (row) =>
        fitSlope(
          within,
          places.map((place) => row[place]!),
        ).slope,
    );
    const known = slopes.filter((slope): slope is number => slope !== null);
    return {
      limit,
      multipliers: within,
      slopes,
      mean: mean(known),
      antiSteerable: antiSteerableFraction(known),
      agreement: correlate(slopes, full).spearman,
      leftOut: slopes.length - known.length,
      reason: null,
    };
  });
}

function unusableBecause(within: readonly number[], limit: number): string | null {
  const holds = (value: number) => within.some((lambda) => Math.abs(lambda - value) < tolerance);
  if (new Set(within).size < 3) return `fewer than three multipliers lie within ±${limit}`;
  if (!within.every((lambda) => holds(-lambda)))
    return `the multipliers within ±${limit} are not symmetric about 0`;
  return holds(limit) ? null : `no multiplier lies at ${limit}; the range would be that of a smaller limit`;
}

function nothing(limit: number, multipliers: number[], items: number, reason: string): MultiplierRange {
  const absent = (method: string) => noEstimate(0, method, reason);
  return {
    limit,
    multipliers,
    slopes: new Array<null>(items).fill(null),
    mean: absent('t interval'),
    antiSteerable: absent('Wilson interval'),
    agreement: absent('Fisher z interval, Bonett-Wright'),
    leftOut: items,
    reason,
  };
}
