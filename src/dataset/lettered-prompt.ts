import type { Letter, MultipleChoice } from './item.ts';

/**
 * Puts two answers behind the letters (A) and (B), the matching one behind (B) where {@link swapsLetters} says so.
 *
 * Answers stand as they are given: " Yes" becomes `(A):  Yes`, as in the published prompts.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404), multiple-choice preprocessing.
 *
 * @param index 0-based index of the item in its source, before any shuffle.
 * @example
 * letterAnswers('Tea?', 'with milk', 'without', 2).prompt; // 'Tea?\n\nChoices:\n(A): with milk\n(B): without'
 */
export function letterAnswers(
  question: string,
  positive: string,
  negative: string,
  index: number,
): Pick<MultipleChoice, 'prompt' | 'positive'> {
  const letter: Letter = swapsLetters(index) ? 'B' : 'A';
  const [first, second] = letter === 'B' ? [negative, positive] : [positive, negative];
  return { prompt: `${question}\n\nChoices:\n(A): ${first}\n(B): ${second}`, positive: letter };
}

/**
 * True for items whose matching answer stands behind (B): two swapped, two not, and so on.
 *
 * With raw data that alternate Yes and No, letter and word are balanced by design.
 */
function swapsLetters(index: number): boolean {
  return Math.floor(index / 2) % 2 === 0;
}
