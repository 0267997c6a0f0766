import { clusteredFraction } from '../statistics/clustered-fraction.ts';
import { type Estimate, noEstimate } from '../statistics/estimate.ts';
import { pairsForStrength } from './classifier-strength.ts';
import { type PairScores, pairAccuracy, reasonAgainstScorer, scorerThreshold } from './pair-accuracy.ts';
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

/**
 * Trains a classifier on some pairs and lets it be used only if it tells other pairs' answers apart.
 *
 * Usable where the lower bound of `pairAccuracy` exceeds 0.8. The share of single answers on their side of 0 stands
 * beside it: it is lower, because what a prompt is about moves both scores.
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
      threshold: scorerThreshold,
      trainingPairs,
      strength: null,
    };
  }
  const classifier = trainTextClassifier(train);
  const scores = heldOut.map(({ positive, negative }) => ({
    positive: scoreText(classifier, positive).value,
    negative: scoreText(classifier, negative).value,
  }));
  const heldOutAccuracy = pairAccuracy(scores);
  const heldOutTextAccuracy = clusteredFraction(scores.map(rightAnswers), 2);
  const reason = reasonAgainstScorer('the classifier', heldOutAccuracy);
  return {
    classifier: reason === null ? classifier : null,
    reason,
    heldOutAccuracy,
    heldOutTextAccuracy,
    threshold: scorerThreshold,
    trainingPairs,
    strength: classifier.strength,
  };
}

/** How many of a pair's two answers lie on their side of 0. */
function rightAnswers({ positive, negative }: PairScores): number {
  return Number(positive !== null && positive > 0) + Number(negative !== null && negative < 0);
}
