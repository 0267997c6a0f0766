import { wordsOf } from './words.ts';

/** Two texts that share much of their wording. */
export interface NearDuplicate {
  /** Indexes into the two lists of texts. */
  first: number;
  second: number;
  /** Jaccard similarity of their three-word shingles, from 0 to 1. */
  similarity: number;
}

/**
 * Pairs of texts, one from each list, whose sets of three-word shingles overlap by at least `threshold` (Jaccard).
 *
 * Shingles that stand in more than a fifth of all texts are boilerplate and do not count.
 *
 * @param threshold From 0 to 1. Default 0.6.
 */
export function nearDuplicates(
  firstTexts: readonly string[],
  secondTexts: readonly string[],
  threshold = 0.6,
): NearDuplicate[] {
  const all = [...firstTexts, ...secondTexts].map(shinglesOf);
  const boilerplate = commonShingles(all);
  const sets = all.map((shingles) => shingles.filter((shingle) => !boilerplate.has(shingle)));
  const [firsts, seconds] = [sets.slice(0, firstTexts.length), sets.slice(firstTexts.length)];
  const holders = new Map<string, number[]>();
  for (const [i, shingles] of firsts.entries()) {
    for (const shingle of shingles) {
      const list = holders.get(shingle);
      if (list === undefined) holders.set(shingle, [i]);
      else list.push(i);
    }
  }
  return seconds.flatMap((shingles, second) => {
    const shared = new Map<number, number>();
    for (const shingle of shingles) {
      for (const first of holders.get(shingle) ?? []) shared.set(first, (shared.get(first) ?? 0) + 1);
    }
    return [...shared].flatMap(([first, count]) => {
      const similarity = count / (firsts[first]!.length + shingles.length - count);
      return similarity >= threshold ? [{ first, second, similarity }] : [];
    });
  });
}

/** The distinct runs of three words; the whole text where it is shorter. */
function shinglesOf(text: string): string[] {
  const words = wordsOf(text);
  if (words.length <= 3) return [words.join(' ')];
  return [...new Set(words.slice(2).map((_, i) => words.slice(i, i + 3).join(' ')))];
}

function commonShingles(sets: readonly (readonly string[])[]): Set<string> {
  const counts = new Map<string, number>();
  for (const shingle of sets.flat()) counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  const limit = Math.max(2, sets.length / 5);
  return new Set([...counts].flatMap(([shingle, count]) => (count > limit ? [shingle] : [])));
}
