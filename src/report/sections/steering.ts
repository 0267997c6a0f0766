import { multiplierRanges } from '../../plots/multiplier-ranges.ts';
import { nullComparison } from '../../plots/null-comparison.ts';
import { propensityCurve } from '../../plots/propensity-curve.ts';
import { slopeDistribution } from '../../plots/slope-distribution.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import type { Html } from '../html.ts';

/** How far the vector steers, which items, beside vectors that mean nothing, and over which multipliers. */
export function steeringSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'steering',
    heading: 'How far it steers',
    figures: [propensityCurve, slopeDistribution, nullComparison, multiplierRanges],
  });
}
