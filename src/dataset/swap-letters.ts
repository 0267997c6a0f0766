import type { Item } from './item.ts';

/**
 * The same item with its two options exchanged: what stood behind (A) stands behind (B), and the positive letter flips.
 *
 * The texts are exchanged as they are, blanks included. What follows the options, as a third one or `Answer:`, stays.
 * Swapping twice gives the same item.
 *
 * @returns Null where the item has no lettered form, or the lines of its options cannot be told from the rest of the
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

/** Where the texts of the two options stand in a prompt: from, to, as indexes of UTF-16 units. */
export interface OptionPlaces {
  a: [start: number, end: number];
  b: [start: number, end: number];
}

/**
 * Finds the two options of a prompt: the text after the last line that begins with `(A)` or `(A):`, and after the line
 * that begins with `(B)` next.
 *
 * @returns Null where they are not there, or a paragraph lies between them.
 * @example
 * findOptions('Tea?\n(A) yes\n(B) no'); // { a: [8, 12], b: [16, 19] }
 */
export function findOptions(prompt: string): OptionPlaces | null {
  const first = [...prompt.matchAll(/(?<=^|\n)[ \t]*\(A\):?/g)].at(-1);
  if (first === undefined) return null;
  const start = first.index + first[0].length;
  const second = /\n[ \t]*\(B\):?/.exec(prompt.slice(start));
  if (second === null) return null;
  const end = start + second.index;
  if (/\n[ \t]*\n/.test(prompt.slice(start, end))) return null;
  const secondStart = end + second[0].length;
  const length = /\n(?=[ \t]*(?:\n|\([C-Z]\)|answer:|$))/i.exec(prompt.slice(secondStart))?.index;
  return { a: [start, end], b: [secondStart, length === undefined ? prompt.length : secondStart + length] };
}

function exchangeOptions(prompt: string): string | null {
  const places = findOptions(prompt);
  if (places === null) return null;
  const { a, b } = places;
  return (
    prompt.slice(0, a[0]) +
    prompt.slice(...b) +
    prompt.slice(a[1], b[0]) +
    prompt.slice(...a) +
    prompt.slice(b[1])
  );
}
