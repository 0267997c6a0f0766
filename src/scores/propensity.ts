import type { Measurement } from '../engine/engine.ts';
import { type AnswerTotals, answerTotals } from './answer-totals.ts';
import { type ScoreResult, scored, unscored } from './score-result.ts';

/**
 * What a propensity is, from the logits and log-probabilities of the positive (+) and the negative (−) answer.
 *
 * - `logit-difference`: logit₊ − logit₋ of the answer letters; one token each.
 * - `logit-sum`: the raw logits of all tokens of an answer, summed; + minus −. What the published runs took: for "(A)"
 *   the closing bracket counts too. Not a log-probability.
 * - `logprob`: log P(answer₊) − log P(answer₋) in nats, summed over each answer's tokens.
 * - `logprob-mean`: the same with each answer's mean per token, because lengths differ.
 * - `normalised`: P(answer₊) / (P(answer₊) + P(answer₋)), in [0, 1].
 * - `accuracy`: 1 if the positive answer is the likelier one, else 0.
 *
 * Source: Tan et al. 2024, section 3; steering-bench for the last three.
 */
export type Score = 'logit-difference' | 'logit-sum' | 'logprob' | 'logprob-mean' | 'normalised' | 'accuracy';

/**
 * The propensity of one item under one branch; null with a reason where it cannot be computed.
 *
 * `normalised` and `accuracy` take log-probabilities; answer letters, which one and the same row predicts, need only
 * their logits, since the normaliser cancels.
 *
 * @throws RangeError for a measurement without tokens
 * @example
 * propensity(measurement, 'logit-difference'); // { value: 1.25, reason: null }
 */
export function propensity(measurement: Measurement, score: Score): ScoreResult {
  return functions[score](answerTotals(measurement.positive), answerTotals(measurement.negative));
}

/**
 * The probability of the two answer letters together, in [0, 1], at the row that predicts the letter.
 *
 * A small mass says that the model would answer with something else, whatever the letters' difference. Null with a
 * reason without log-probabilities, or where an answer has more than its letter.
 *
 * @throws RangeError for a measurement without tokens
 * @example
 * choiceMass(measurement); // { value: 0.93, reason: null }
 */
export function choiceMass(measurement: Measurement): ScoreResult {
  const positive = answerTotals(measurement.positive);
  const negative = answerTotals(measurement.negative);
  if (positive.tokens !== 1 || negative.tokens !== 1) {
    return unscored(
      `a choice has one letter each; the answers have ${positive.tokens} and ${negative.tokens} tokens`,
    );
  }
  if (positive.logprob === null || negative.logprob === null) {
    return unscored(noLogprobs);
  }
  return scored(Math.exp(positive.logprob) + Math.exp(negative.logprob));
}

type PropensityFunction = (positive: AnswerTotals, negative: AnswerTotals) => ScoreResult;

const functions: Record<Score, PropensityFunction> = {
  'logit-difference': logitDifference,
  'logit-sum': (positive, negative) => scored(positive.logit - negative.logit),
  logprob: (positive, negative) => logprobDifference(positive, negative, ({ logprob }) => logprob),
  'logprob-mean': (positive, negative) =>
    logprobDifference(positive, negative, ({ logprob, tokens }) => logprob! / tokens),
  normalised: (positive, negative) => fromDifference(positive, negative, (d) => 1 / (1 + Math.exp(-d))),
  accuracy: (positive, negative) => fromDifference(positive, negative, (d) => (d > 0 ? 1 : 0)),
};

function logitDifference(positive: AnswerTotals, negative: AnswerTotals): ScoreResult {
  if (positive.tokens !== 1 || negative.tokens !== 1) {
    return unscored(
      `a logit difference compares single tokens; the answers have ${positive.tokens} and ${negative.tokens}`,
    );
  }
  return scored(positive.logit - negative.logit);
}

function logprobDifference(
  positive: AnswerTotals,
  negative: AnswerTotals,
  of: (totals: AnswerTotals) => number | null,
): ScoreResult {
  if (positive.logprob === null || negative.logprob === null) return unscored(noLogprobs);
  return scored(of(positive)! - of(negative)!);
}

function fromDifference(
  positive: AnswerTotals,
  negative: AnswerTotals,
  of: (difference: number) => number,
): ScoreResult {
  const measured = positive.logprob !== null && negative.logprob !== null;
  const difference = measured
    ? functions.logprob(positive, negative)
    : positive.tokens === 1 && negative.tokens === 1
      ? logitDifference(positive, negative)
      : unscored(noLogprobs);
  return difference.value === null ? difference : scored(of(difference.value));
}

const noLogprobs = 'log-probabilities were not measured';
