import { correlationOf } from './correlation.ts';
import { allEqual, meanOf, requireFinite } from './moments.ts';
import { ranks } from './ranks.ts';

/** The line through one item's propensities over the multipliers, and how well it describes them. */
export interface SlopeFit {
  /** Propensity per unit of multiplier: the item's steerability. */
  slope: number | null;
  /** Propensity of the line at multiplier 0. */
  intercept: number | null;
  /** Share of variance on the line; null where the propensity is constant or there are only two points. */
  r2: number | null;
  /** Sum of squared residuals. */
  sse: number | null;
  /** √(SSE/n): root mean squared residual, in units of propensity. */
  rmse: number | null;
  /** Rank correlation of multiplier and propensity. */
  spearman: number | null;
  /** Strictly rising or falling over the sorted multipliers, or `no`. */
  monotonic: 'increasing' | 'decreasing' | 'no' | null;
  /** Number of points. */
  n: number;
  /** Why a field is null; null where none is. */
  reason: string | null;
}

/**
 * Ordinary least squares of the propensity m on the multiplier λ (Tan et al. 2024, section 3).
 *
 * A null propensity makes the whole fit null: a line through the remaining multipliers would be another quantity.
 * So does a single distinct multiplier. Throws RangeError when the lengths differ or a number is not finite.
 *
 * @example
 * fitSlope([-1, 0, 1], [0, 1, 2]); // slope 1, intercept 1, r2 1, monotonic 'increasing'
 */
export function fitSlope(multipliers: ArrayLike<number>, propensities: ArrayLike<number | null>): SlopeFit {
  const n = multipliers.length;
  if (propensities.length !== n) {
    throw new RangeError(
      `"multipliers" and "propensities" differ in length: ${n} and ${propensities.length}`,
    );
  }
  requireFinite(multipliers, 'multipliers');
  const missing = Array.from(propensities).indexOf(null);
  if (missing >= 0) return noFit(n, `the propensity at multiplier ${multipliers[missing]} is null`);
  const m = Float64Array.from(propensities as ArrayLike<number>);
  requireFinite(m, 'propensities');
  if (n < 2 || allEqual(multipliers)) return noFit(n, 'a slope needs at least two different multipliers');
  return fitLine(multipliers, m);
}

function fitLine(lambda: ArrayLike<number>, m: Float64Array): SlopeFit {
  const n = m.length;
  const meanLambda = meanOf(lambda);
  const meanM = meanOf(m);
  let squares = 0;
  let products = 0;
  for (let i = 0; i < n; i++) {
    squares += (lambda[i]! - meanLambda) ** 2;
    products += (lambda[i]! - meanLambda) * (m[i]! - meanM);
  }
  const slope = products / squares;
  let sse = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    sse += (m[i]! - meanM - slope * (lambda[i]! - meanLambda)) ** 2;
    total += (m[i]! - meanM) ** 2;
  }
  const constant = allEqual(m);
  const reason = constant
    ? 'the propensity is the same at every multiplier, so R2 and Spearman are undefined'
    : n === 2
      ? 'a line through two points always fits, so R2 says nothing'
      : null;
  return {
    slope: constant ? 0 : slope,
    intercept: meanM - slope * meanLambda,
    r2: reason === null ? Math.max(0, 1 - sse / total) : null,
    sse,
    rmse: Math.sqrt(sse / n),
    spearman: correlationOf(ranks(lambda), ranks(m)),
    monotonic: monotonicity(lambda, m),
    n,
    reason,
  };
}

function monotonicity(lambda: ArrayLike<number>, m: Float64Array): 'increasing' | 'decreasing' | 'no' {
  const order = Array.from(m, (_, i) => i).sort((a, b) => lambda[a]! - lambda[b]!);
  const steps = order.slice(1).map((place, before) => m[place]! - m[order[before]!]!);
  if (steps.every((step) => step > 0)) return 'increasing';
  return steps.every((step) => step < 0) ? 'decreasing' : 'no';
}

function noFit(n: number, reason: string): SlopeFit {
  return {
    slope: null,
    intercept: null,
    r2: null,
    sse: null,
    rmse: null,
    spearman: null,
    monotonic: null,
    n,
    reason,
  };
}
