import type { AnswerMeasurement, Measurement } from '../../src/engine/engine.ts';
import { largestDifference } from './cases.ts';

/** Largest absolute difference of all numbers of two measurements; infinite where one has numbers the other lacks. */
export function largestMeasurementDifference(a: Measurement, b: Measurement): number {
  return Math.max(answerDifference(a.positive, b.positive), answerDifference(a.negative, b.negative));
}

function answerDifference(a: AnswerMeasurement, b: AnswerMeasurement): number {
  return Math.max(
    largestDifference(a.logits, b.logits),
    largestDifference(a.logSumExp ?? [], b.logSumExp ?? []),
  );
}
