import { wordsOf } from './words.ts';

/**
 * How well the first word alone tells two classes of texts apart: share of right guesses on texts not seen.
 *
 * A guesser counts first words on one half of the texts (even and odd indexes) and guesses on the other half the class
 * in which the word was seen more often; unseen words and ties count one half. Both directions are averaged. 0.5 is
 * chance; near 1, a vector may carry nothing but the opening word.
 *
 * @param positive Texts of one class, same length and order as `negative`.
 * @returns From 0 to 1; null with fewer than two texts a class.
 */
export function firstWordAccuracy(positive: readonly string[], negative: readonly string[]): number | null {
  const texts = Math.min(positive.length, negative.length);
  if (texts < 2) return null;
  const openings = Array.from(
    { length: texts },
    (_, i) => [first(positive[i]!), first(negative[i]!)] as const,
  );
  let right = 0;
  for (const half of [0, 1]) {
    const leaning = new Map<string, number>();
    for (const [i, [plus, minus]] of openings.entries()) {
      if (i % 2 !== half) continue;
      leaning.set(plus, (leaning.get(plus) ?? 0) + 1);
      leaning.set(minus, (leaning.get(minus) ?? 0) - 1);
    }
    for (const [i, [plus, minus]] of openings.entries()) {
      if (i % 2 !== half) right += credit(leaning.get(plus) ?? 0) + credit(-(leaning.get(minus) ?? 0));
    }
  }
  return right / (2 * texts);
}

function first(text: string): string {
  return wordsOf(text)[0] ?? '';
}

function credit(leaning: number): number {
  return leaning > 0 ? 1 : leaning < 0 ? 0 : 0.5;
}
