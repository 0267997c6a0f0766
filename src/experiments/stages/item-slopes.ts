import type { Format } from '../../dataset/item.ts';
import type { Measurement, MeasureRequest } from '../../engine/engine.ts';
import type { Result } from '../../result/schema.ts';
import { choiceMass, propensity, type Score } from '../../scores/propensity.ts';
import { fitSlope, type SlopeFit } from '../../statistics/slope.ts';
import type { RunOptions } from '../run-options.ts';

/** Propensities of one item over the multipliers, and the line through them. */
export interface ItemSlope {
  propensities: (number | null)[];
  fit: SlopeFit;
}

/** What decides how a propensity is scored. */
export type Scoring = Pick<RunOptions, 'format' | 'propensity'>;

/**
 * The score that a choice of propensity means in a format. Answers of their own have no letter, and their raw logits
 * cannot be added up over different lengths: there `letter` and `answer-logits` are the log-probability.
 */
export function scoreOf({ format, propensity: choice }: Scoring): Score {
  if (choice !== 'letter' && choice !== 'answer-logits') return choice;
  if (format === 'completion') return 'logprob';
  return choice === 'letter' ? 'logit-difference' : 'logit-sum';
}

/** What the engine has to give for a score: the letter's row alone, or every token of the answer. */
export function wantedOf(scoring: Scoring): Pick<MeasureRequest, 'tokens' | 'logprobs'> {
  const score = scoreOf(scoring);
  return {
    tokens: score === 'logit-difference' ? 'letter' : 'answer',
    logprobs: score !== 'logit-difference' && score !== 'logit-sum',
  };
}

/** Unit of a propensity. */
export function unitOf(scoring: Scoring): Result['unit'] {
  const score = scoreOf(scoring);
  if (score === 'normalised' || score === 'accuracy') return 'probability';
  return score === 'logit-difference' || score === 'logit-sum' ? 'logits' : 'nats';
}

/**
 * Propensity of each branch and its least-squares slope over the multipliers; a case that failed has none.
 *
 * @param measurements of one case, in the order of the multipliers
 */
export function itemSlope(
  measurements: Measurement[] | null,
  multipliers: number[],
  scoring: Scoring,
): ItemSlope {
  const score = scoreOf(scoring);
  const propensities = multipliers.map((_, branch) =>
    measurements === null ? null : propensity(measurements[branch]!, score).value,
  );
  return { propensities, fit: fitSlope(multipliers, propensities) };
}

/** The slopes that could be computed. */
export function knownSlopes(items: ItemSlope[]): number[] {
  return items.flatMap(({ fit }) => (fit.slope === null ? [] : [fit.slope]));
}

/** The same items with their lines fitted to some of the multipliers alone, which must be among `multipliers`. */
export function refit(items: ItemSlope[], multipliers: number[], kept: number[]): ItemSlope[] {
  const places = kept.map((multiplier) => multipliers.indexOf(multiplier));
  return items.map(({ propensities }) => {
    const some = places.map((place) => propensities[place] ?? null);
    return { propensities: some, fit: fitSlope(kept, some) };
  });
}

/** Probability that the model gives the two letters together; null where it was not measured. */
export function massOf(measurement: Measurement, format: Format): number | null {
  return format === 'multiple-choice' ? choiceMass(measurement).value : null;
}
