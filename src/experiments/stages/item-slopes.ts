import type { Format } from '../../dataset/item.ts';
import type { Measurement } from '../../engine/engine.ts';
import { choiceMass, propensity } from '../../scores/propensity.ts';
import { fitSlope, type SlopeFit } from '../../statistics/slope.ts';

/** Propensities of one item over the multipliers, and the line through them. */
export interface ItemSlope {
  propensities: (number | null)[];
  fit: SlopeFit;
}

/** The score that a format's propensity is, in `corrected`: a logit difference at the letter, or nats. */
export function scoreOf(format: Format): 'logit-difference' | 'logprob' {
  return format === 'multiple-choice' ? 'logit-difference' : 'logprob';
}

/**
 * Propensity of each branch and its least-squares slope over the multipliers; a case that failed has none.
 *
 * @param measurements of one case, in the order of the multipliers
 */
export function itemSlope(
  measurements: Measurement[] | null,
  multipliers: number[],
  format: Format,
): ItemSlope {
  const propensities = multipliers.map((_, branch) =>
    measurements === null ? null : propensity(measurements[branch]!, scoreOf(format)).value,
  );
  return { propensities, fit: fitSlope(multipliers, propensities) };
}

/** The slopes that could be computed. */
export function knownSlopes(items: ItemSlope[]): number[] {
  return items.flatMap(({ fit }) => (fit.slope === null ? [] : [fit.slope]));
}

/** Probability that the model gives the two letters together; null where it was not measured. */
export function massOf(measurement: Measurement, format: Format): number | null {
  return format === 'multiple-choice' ? choiceMass(measurement).value : null;
}
