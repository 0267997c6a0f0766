import type { Estimate } from '../statistics/estimate.ts';
import { fraction } from '../statistics/fraction.ts';

/** Whether a model can take a kind of test at all. */
export interface Competence {
  /** Control questions that were put. */
  questions: number;
  /** Questions answered right; in both letter orders, where there are letters. */
  right: number;
  /** Share of right answers with its Wilson interval. */
  share: Estimate;
  /** The interval's lower bound must exceed this. */
  threshold: number;
  passed: boolean;
}

/** A coin gets a half; the lower bound of what counts as competent lies clearly above. */
const threshold = 0.6;

/**
 * Judges the control questions: passed if the lower Wilson bound of the share of right answers exceeds 0.6.
 *
 * `correct`: one entry a question; with answer letters, true only if the question is right in both letter orders.
 * Fewer than ten questions have no interval and do not pass.
 *
 * @example
 * judgeCompetence(new Array(24).fill(true)); // share 1, low 0.862, passed
 */
export function judgeCompetence(correct: readonly boolean[]): Competence {
  const questions = correct.length;
  const right = correct.filter(Boolean).length;
  const share = fraction(right, questions);
  return { questions, right, share, threshold, passed: share.low !== null && share.low > threshold };
}
