import type { Format, Item } from '../dataset/item.ts';
import { SteerbenchError } from '../errors.ts';
import type { AnswerTexts } from './join-texts.ts';

/**
 * The prompt and the two answers of an item in a format, before any template.
 *
 * @param behaviour Name of the behaviour, for the message.
 * @throws SteerbenchError `format-unusable` where the item lacks the format.
 */
export function contentOf(item: Item, format: Format, behaviour: string): AnswerTexts {
  if (format === 'completion' && item.completion !== null) return item.completion;
  if (format === 'multiple-choice' && item.multipleChoice !== null) {
    const { prompt, positive } = item.multipleChoice;
    return { prompt, positive: `(${positive})`, negative: positive === 'A' ? '(B)' : '(A)' };
  }
  throw new SteerbenchError('format-unusable', `item "${behaviour}/${item.index}" has no ${format} form`, {
    remedy: `give --format ${format === 'completion' ? 'multiple-choice' : 'completion'}`,
  });
}
