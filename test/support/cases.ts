import { Xoshiro } from '../../src/math/xoshiro.ts';
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

/** What random cases are like. */
export interface RandomCaseOptions {
  vocabulary: number;
  seed: number;
  /** Tokens that every prompt begins with. Default 5. */
  stem?: number;
}

/**
 * Cases of random tokens behind a common stem: prompts of 2 to 8 tokens more, answers of 2 to 5, a letter at the second
 * answer token. Every second case has answers that share their first token, as "(A)" and "(B)" do.
 */
export function randomCases(count: number, { vocabulary, seed, stem = 5 }: RandomCaseOptions): Case[] {
  const random = new Xoshiro(seed);
  const draw = (length: number) => Array.from({ length }, () => random.below(vocabulary));
  const common = draw(stem);
  return Array.from({ length: count }, (_, item) => {
    const prompt = [...common, ...draw(2 + random.below(7))];
    const first = draw(1);
    const answer = () => [...(item % 2 === 0 ? first : draw(1)), ...draw(1 + random.below(4))];
    return {
      id: `random/${item}`,
      item,
      positive: sequenceOf(prompt, answer()),
      negative: sequenceOf(prompt, answer()),
      seamMoved: false,
    };
  });
}

function sequenceOf(prompt: number[], answer: number[]): Sequence {
  return {
    tokens: Int32Array.from([...prompt, ...answer]),
    lastPromptToken: prompt.length - 1,
    firstAnswerToken: prompt.length,
    letter: prompt.length + 1,
    answerStart: prompt.length,
    answerEnd: prompt.length + answer.length,
  };
}

/** A random vector of about this norm. Float32Array, width. */
export function randomVector(width: number, norm: number, seed: number): Float32Array {
  const random = new Xoshiro(seed);
  return Float32Array.from({ length: width }, () => (norm / Math.sqrt(width)) * random.normal());
}
