import type { Case, Sequence } from '../../src/prompts/case.ts';

/** A case with the same tokens as positive and negative answer, its positions given. */
export function plainCase(
  tokens: Int32Array,
  { lastPromptToken, letter, end }: { lastPromptToken: number; letter?: number; end: number },
): Case {
  const sequence: Sequence = {
    tokens,
    lastPromptToken,
    firstAnswerToken: lastPromptToken + 1,
    letter: letter ?? null,
    answerStart: lastPromptToken + 1,
    answerEnd: end,
  };
  return { id: 'test/0', item: 0, positive: sequence, negative: { ...sequence }, seamMoved: false };
}

/** Largest absolute difference of two vectors. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
