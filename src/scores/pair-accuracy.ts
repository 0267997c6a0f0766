import type { Estimate } from '../statistics/estimate.ts';
import { fraction } from '../statistics/fraction.ts';
import { percent } from './plain-number.ts';

/** Scores of a positive and a negative answer to one prompt; null where there is none. */
export interface PairScores {
  positive: number | null;
  negative: number | null;
}

/** A coin gets a half; a scorer that mixes up one pair in five hides most effects. */
export const scorerThreshold = 0.8;

/**
 * How often a scorer of texts puts a behaviour's own two answers in order, with its Wilson interval.
 *
 * The unit is the pair: its answers share a prompt and most of their words, so they are not two independent trials,
 * and what the scorer is for is one comparison of two texts that answer the same prompt. A pair is right where the
 * positive answer scores strictly above the negative one; a tie, or an answer without a score, is wrong.
 *
 * @example
 * pairAccuracy([{ positive: 9, negative: 2 }, { positive: 5, negative: 5 }]); // value 0.5, n 2
 */
export function pairAccuracy(pairs: readonly PairScores[]): Estimate {
  const right = pairs.filter(
    ({ positive, negative }) => positive !== null && negative !== null && positive > negative,
  );
  return fraction(right.length, pairs.length);
}

/**
 * Why a scorer with this `pairAccuracy` must not be used: its lower bound is not above 0.8; null where it may.
 *
 * @example
 * reasonAgainstScorer('the judge', pairAccuracy(pairs));
 */
export function reasonAgainstScorer(scorer: string, { value, low, n, reason }: Estimate): string | null {
  if (value === null || low === null) return `${scorer}'s accuracy has no interval: ${reason}`;
  if (low > scorerThreshold) return null;
  return (
    `${scorer} orders ${percent(value)} of ${n} held-out pairs rightly; the lower end of the interval, ` +
    `${percent(low)}, is not above ${percent(scorerThreshold)}`
  );
}
