import type { Item } from './item.ts';

/**
 * The same item with its two options exchanged: what stood behind (A) stands behind (B), and the positive letter flips.
 *
 * The options are the last line that begins with `(A)` or `(A):` and the line that begins with `(B)` after it; their
 * texts are exchanged as they are, blanks included. What follows, as a third option or `Answer:`, stays. Swapping twice
 * gives the same item.
 *
 * @returns Null where the item has no lettered form, where its options are equal, or cannot be told from the rest of the
 * prompt.
 * @example
 * swapLetters(item)?.multipleChoice?.positive; // 'B' where it was 'A'
 */
export function swapLetters(item: Item): Item | null {
  if (item.multipleChoice === null) return null;
  const { prompt, positive } = item.multipleChoice;
  const swapped = exchangeOptions(prompt);
  // An option that looks like a marker itself would not be found again.
  if (swapped === null || exchangeOptions(swapped) !== prompt) return null;
  const letter = positive === 'A' ? 'B' : 'A';
  return { ...item, multipleChoice: { ...item.multipleChoice, prompt: swapped, positive: letter } };
}

function exchangeOptions(prompt: string): string | null {
  const first = [...prompt.matchAll(/(?<=^|\n)[ \t]*\(A\):?/g)].at(-1);
  if (first === undefined) return null;
  const start = first.index + first[0].length;
  const second = /\n[ \t]*\(B\):?/.exec(prompt.slice(start));
  if (second === null) return null;
  const end = start + second.index;
  const secondStart = end + second[0].length;
  const length = /\n(?=[ \t]*(?:\n|\([C-Z]\)|answer:|$))/i.exec(prompt.slice(secondStart))?.index;
  const secondEnd = length === undefined ? prompt.length : secondStart + length;
  const [a, b] = [prompt.slice(start, end), prompt.slice(secondStart, secondEnd)];
  // A paragraph between the two belongs to neither; equal options (a few published ones are empty) tell nothing apart.
  if (/\n[ \t]*\n/.test(a) || a.trim() === b.trim()) return null;
  return prompt.slice(0, start) + b + prompt.slice(end, secondStart) + a + prompt.slice(secondEnd);
}
