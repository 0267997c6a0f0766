import type { Item } from './item.ts';

/**
 * Reorders items so that every contiguous slice has the positive letters and words in the proportions of the whole,
 * within one item a stratum and bound.
 *
 * The r-th of m items of a stratum is put at (r + 1/2) / m; items at the same place keep their order. Within a stratum
 * the order stays as it was, so a shuffle before stays a shuffle. Items without a multiple-choice form are one stratum.
 *
 * @example
 * spreadStrata(shuffled(items, 0)).slice(0, 48); // as many positive A as B
 */
export function spreadStrata(items: readonly Item[]): Item[] {
  const sizes = new Map<string, number>();
  const ranked = items.map((item) => {
    const stratum = stratumOf(item);
    const rank = sizes.get(stratum) ?? 0;
    sizes.set(stratum, rank + 1);
    return { item, stratum, rank };
  });
  return ranked
    .map(({ item, stratum, rank }) => ({ item, place: (rank + 0.5) / sizes.get(stratum)! }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function stratumOf({ multipleChoice }: Item): string {
  return multipleChoice === null ? '' : `${multipleChoice.positive} ${multipleChoice.word}`;
}
