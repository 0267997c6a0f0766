import { clusteredFraction } from '../statistics/clustered-fraction.ts';
import { type Estimate, noEstimate } from '../statistics/estimate.ts';
import { fraction } from '../statistics/fraction.ts';
import { pairsForStrength } from './classifier-strength.ts';
import { percent } from './plain-number.ts';
import { type AnswerPair, scoreText, type TextClassifier, trainTextClassifier } from './text-classifier.ts';

/** A classifier with what it can do on answers that it has not seen. */
export interface CheckedClassifier {
  /** The classifier as a scorer; null where it is not good enough to be one. */
  classifier: TextClassifier | null;
  /** Why there is none; null where there is one. */
  reason: string | null;
  /** Share of held-out pairs whose positive answer scores above the negative one; Wilson interval. Decides. */
  heldOutAccuracy: Estimate;
  /** Share of held-out answers on their side of 0, the two of a pair taken as one cluster. */
  heldOutTextAccuracy: Estimate;
  /** The lower bound of `heldOutAccuracy` must exceed this. */
  threshold: number;
  /** Pairs it was trained on. */
  trainingPairs: number;
  /** C of the loss; null where nothing was trained. */
  strength: number | null;
}

/** A coin gets a half; a scorer that mixes up one pair in five hides most effects. */
const threshold = 0.8;

/**
 * Trains a classifier on some pairs and lets it be used only if it tells other pairs' answers apart.
 *
 * The unit is the pair: its answers share a prompt and most of their words, so they are not two independent trials,
 * and what the scorer is for is one comparison of two texts that answer the same prompt. A pair counts as right where
 * the positive answer scores strictly above the negative one; a tie, or an answer without a score, is wrong. Usable
 * where the lower Wilson bound of the share of right pairs exceeds 0.8. The share of single answers on their side of 0
 * stands beside it: it is lower, because what a prompt is about moves both scores.
 *
 * Never throws for data: too few pairs give null with a reason.
 *
 * @example
 * const { classifier, reason } = checkedClassifier(train, [...validation, ...test]);
 */
export function checkedClassifier(
  train: readonly AnswerPair[],
  heldOut: readonly AnswerPair[],
): CheckedClassifier {
  const trainingPairs = train.length;
  if (trainingPairs < pairsForStrength) {
    const reason = `a classifier needs at least ${pairsForStrength} training pairs; there are ${trainingPairs}`;
    const none = noEstimate(heldOut.length, 'Wilson interval', reason);
    return {
      classifier: null,
      reason,
      heldOutAccuracy: none,
      heldOutTextAccuracy: none,
      threshold,
      trainingPairs,
      strength: null,
    };
  }
  const classifier = trainTextClassifier(train);
  const judged = heldOut.map((pair) => judge(classifier, pair));
  const heldOutAccuracy = fraction(judged.filter(({ ordered }) => ordered).length, heldOut.length);
  const heldOutTextAccuracy = clusteredFraction(
    judged.map(({ right }) => right),
    2,
  );
  const reason = reasonAgainst(heldOutAccuracy);
  return {
    classifier: reason === null ? classifier : null,
    reason,
    heldOutAccuracy,
    heldOutTextAccuracy,
    threshold,
    trainingPairs,
    strength: classifier.strength,
  };
}

/** Whether a pair's answers are in order, and how many of the two lie on their side of 0. */
function judge(classifier: TextClassifier, pair: AnswerPair): { ordered: boolean; right: number } {
  const positive = scoreText(classifier, pair.positive).value;
  const negative = scoreText(classifier, pair.negative).value;
  return {
    ordered: positive !== null && negative !== null && positive > negative,
    right: Number(positive !== null && positive > 0) + Number(negative !== null && negative < 0),
  };
}

function reasonAgainst({ value, low, n, reason }: Estimate): string | null {
  if (value === null || low === null) return `the classifier's accuracy has no interval: ${reason}`;
  if (low > threshold) return null;
  return (
    `the classifier orders ${percent(value)} of ${n} held-out pairs rightly; the lower end of the interval, ` +
    `${percent(low)}, is not above ${percent(threshold)}`
  );
}
