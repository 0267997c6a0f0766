import type { Item, Letter, Word } from './item.ts';

/** Items of one positive letter and one word behind it. */
export interface BalanceCell {
  letter: Letter;
  /** Null for options other than Yes and No. */
  word: Word | null;
  count: number;
}

/** How positive letters and words are spread over the items with a multiple-choice form. */
export interface Balance {
  /** Letter A before B, Yes before No; every letter and word that could occur, also with count 0. */
  cells: BalanceCell[];
  /** Items counted. */
  total: number;
  /** True when the largest and the smallest cell differ by at most two items, as the swap rule can leave them. */
  balanced: boolean;
}

/**
 * Counts positive letter x word. Balance is verified here, never assumed.
 *
 * An unbalanced set puts a plain letter direction into the vector.
 *
 * @example
 * countBalance(behaviour.items).cells; // [{ letter: 'A', word: null, count: 60 }, { letter: 'B', word: null, count: 60 }]
 */
export function countBalance(items: readonly Item[]): Balance {
  const choices = items.flatMap(({ multipleChoice }) => (multipleChoice === null ? [] : [multipleChoice]));
  const words = (['Yes', 'No', null] as const).filter((word) => wordOccurs(choices, word));
  const cells = (['A', 'B'] as const).flatMap((letter) =>
    words.map((word) => {
      const count = choices.filter((choice) => choice.positive === letter && choice.word === word).length;
      return { letter, word, count };
    }),
  );
  const counts = cells.map((cell) => cell.count);
  const balanced = counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 2;
  return { cells, total: choices.length, balanced };
}

/** The counts as a sentence, such as "Positive letters: (A) 60, (B) 60; balanced." */
export function describeBalance({ cells, balanced }: Balance): string {
  if (cells.length === 0) return 'No item has a multiple-choice form.';
  const counts = cells.map(
    ({ letter, word, count }) => `(${letter})${word === null ? '' : ` ${word}`} ${count}`,
  );
  return `Positive letters: ${counts.join(', ')}; ${balanced ? 'balanced' : 'not balanced'}.`;
}

/** Yes and No go together: where one occurs, a missing other is a cell with count 0. */
function wordOccurs(choices: readonly { word: Word | null }[], word: Word | null): boolean {
  return choices.some((choice) => (word === null ? choice.word === null : choice.word !== null));
}
