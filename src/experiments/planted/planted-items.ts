import type { Item } from '../../dataset/item.ts';
import type { PlantedModel } from './planted-model.ts';

/** An item of the planted model, with the truth about it. */
export interface PlantedItem extends Item {
  /** Whether the completion form steers backwards along the planted direction. */
  backward: boolean;
}

/**
 * Items for the planted model. Item i has pair i modulo 8 as the answers of its completion form, so that any multiple
 * of 8 consecutive items returns the planted direction.
 *
 * Its multiple-choice form asks for (A) in three items of four. There the mean difference is half the difference of
 * the letters' embeddings, and the items that ask for (B) steer backwards: a pure letter direction.
 *
 * @param count Number of items, 1 to 512; all prompts are different.
 * @throws RangeError for another count.
 * @example
 * plantedItems(planted, 64);
 */
export function plantedItems(model: PlantedModel, count: number): PlantedItem[] {
  if (!Number.isInteger(count) || count < 1 || count > 512)
    throw new RangeError(`invalid count ${count}; not 1 to 512`);
  return Array.from({ length: count }, (_, index) => {
    const pair = model.pairs[index % model.pairs.length]!;
    const prompt = promptOf(index);
    return {
      index,
      completion: { prompt, positive: pair.positive, negative: pair.negative },
      multipleChoice: {
        prompt: `${prompt}\n\nChoices:\n(A): this\n(B): that`,
        positive: index % 4 === 3 ? 'B' : 'A',
        word: null,
      },
      backward: pair.backward,
    };
  });
}

/** A different sentence for each index below 512, of different lengths. */
function promptOf(index: number): string {
  const subject = subjects[index % 8]!;
  const verb = verbs[Math.floor(index / 8) % 8]!;
  const place = places[Math.floor(index / 64) % 8]!;
  return `${subject} ${verb} ${place}. which letter comes next?`;
}

const subjects = [
  'the miller',
  'a very old sailor',
  'my cousin',
  'nobody',
  'the second witness',
  'an owl',
  'the committee',
  'her neighbour',
];
const verbs = [
  'sings',
  'was waiting',
  'counts the stairs',
  'fell asleep',
  'plants two rows of beans',
  'tells the truth',
  'left',
  'builds a boat',
];
const places = [
  'by the river',
  'at noon',
  'behind the old station',
  'in july',
  'without a lamp',
  'every other day',
  'on the hill',
  'once more',
];
