import { multiplierRanges } from '../../plots/multiplier-ranges.ts';
import { nullComparison } from '../../plots/null-comparison.ts';
import { propensityCurve } from '../../plots/propensity-curve.ts';
import { slopeDistribution } from '../../plots/slope-distribution.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

/** How far the vector steers, which items, beside vectors that mean nothing, and over which multipliers. */
export function steeringSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'steering',
    heading: 'How far it steers',
    lead: measuredAnyway(result),
    figures: [propensityCurve, slopeDistribution, nullComparison, multiplierRanges],
  });
}

/** A run that went on after a failed competence check says so above its numbers. */
function measuredAnyway({ competence, steerability }: Result): Html | null {
  if (competence?.passed !== false || steerability === null) return null;
  return html`<p class="warning"><b>Measured all the same:</b> the model failed the competence check, so what follows says little about the behaviour.</p>`;
}
