import type { Format, Item } from '../../dataset/item.ts';
import type { RunContext } from '../empty-result.ts';

/** Texts and labels of an item, for tables and reports. */
export interface ItemTexts {
  prompt: string;
  positive: string;
  negative: string;
  positiveLetter: 'A' | 'B' | null;
  positiveWord: 'Yes' | 'No' | null;
}

/** Whether a result shows the texts of its items. */
export function showsTexts({
  session: { options },
  behaviour,
}: Pick<RunContext, 'session' | 'behaviour'>): boolean {
  return options.keepTexts === 'all' || (options.keepTexts === 'own' && behaviour.dataset === null);
}

/** An item's texts as a result shows them: its labels alone where texts are withheld. */
export function shownTexts(
  texts: ItemTexts,
  keep: boolean,
): Omit<ItemTexts, 'prompt' | 'positive' | 'negative'> & {
  prompt: string | null;
  positive: string | null;
  negative: string | null;
} {
  return keep ? texts : { ...texts, prompt: null, positive: null, negative: null };
}

/** The texts of an item in a format. Throws RangeError for an item that is not in the set or has not the format. */
export function textsOf({ items }: { items: Item[] }, index: number, format: Format): ItemTexts {
  const item = items.find((candidate) => candidate.index === index);
  if (format === 'completion' && item?.completion) {
    return { ...item.completion, positiveLetter: null, positiveWord: null };
  }
  if (format === 'multiple-choice' && item?.multipleChoice) {
    const { prompt, positive, word } = item.multipleChoice;
    return {
      prompt,
      positive: `(${positive})`,
      negative: positive === 'A' ? '(B)' : '(A)',
      positiveLetter: positive,
      positiveWord: word,
    };
  }
  throw new RangeError(`item ${index} has no "${format}" form`);
}
