import type { Sequence } from '../prompts/case.ts';

/** Token ids of an item's two answers. */
export interface AnswerTokens {
  positive: ArrayLike<number>;
  negative: ArrayLike<number>;
}

/** Shares in [0, 1] of an item's answer tokens that also occur in training answers of the same class. */
export interface LexicalOverlap {
  positive: number;
  negative: number;
  /** The smaller of the two. */
  least: number;
  /** Their mean, by which items are ranked. */
  mean: number;
}

/**
 * How much of each test item's answers the training answers of the same class have shown: tokens, with repetitions.
 *
 * A vector that only raises words it has seen does nothing where there are none.
 *
 * @throws RangeError for an answer without tokens
 * @example
 * lexicalOverlap([{ positive: [1, 2], negative: [3] }], [{ positive: [1], negative: [1] }]);
 * // [{ positive: 0.5, negative: 0, least: 0, mean: 0.25 }]
 */
export function lexicalOverlap(
  test: readonly AnswerTokens[],
  training: readonly AnswerTokens[],
): LexicalOverlap[] {
  const seenPositive = new Set(training.flatMap(({ positive }) => Array.from(positive)));
  const seenNegative = new Set(training.flatMap(({ negative }) => Array.from(negative)));
  return test.map((item) => {
    const positive = shareOf(item.positive, seenPositive);
    const negative = shareOf(item.negative, seenNegative);
    return { positive, negative, least: Math.min(positive, negative), mean: (positive + negative) / 2 };
  });
}

function shareOf(tokens: ArrayLike<number>, seen: ReadonlySet<number>): number {
  if (tokens.length === 0) throw new RangeError('an answer has no tokens');
  return Array.from(tokens).filter((token) => seen.has(token)).length / tokens.length;
}

/**
 * Places of the third of the items with the smallest values, in the items' order; at least one, rounded up.
 *
 * Among equal values the earlier item is taken.
 *
 * @example
 * lowestThird([0.5, 0.1, 0.9, 0.1, 0.1, 0.7]); // [1, 3]
 */
export function lowestThird(values: readonly number[]): number[] {
  const order = values.map((_, place) => place).sort((a, b) => values[a]! - values[b]! || a - b);
  return order.slice(0, Math.ceil(values.length / 3)).sort((a, b) => a - b);
}

/** The tokens of a sequence's answer. */
export function answerTokens({ tokens, answerStart, answerEnd }: Sequence): Int32Array {
  return tokens.subarray(answerStart, answerEnd);
}
