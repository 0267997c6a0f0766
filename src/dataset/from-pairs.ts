import type { Conversion } from './conversion.ts';
import type { Item } from './item.ts';
import { letterAnswers } from './lettered-prompt.ts';
import type { RawItem, Row } from './shapes.ts';

/** Items of `{prompt, positive, negative}`: completion as given, multiple choice with balanced letters. */
export function convertPairs(rows: readonly Row<RawItem<'pair'>>[]): Conversion {
  const conversion: Conversion = { items: [], notes: [], faults: [], statements: null };
  for (const { index, place, value } of rows) {
    if (value.positive === value.negative) {
      conversion.faults.push({
        place,
        field: 'negative',
        message: 'expected another answer than "positive"',
      });
    } else {
      conversion.items.push(pairItem(index, value.prompt, value.positive, value.negative));
    }
  }
  return conversion;
}

/** Items of `{prompt, positive_response, negative_response}`, the newer processed form of steering-bench. */
export function convertResponses(rows: readonly Row<RawItem<'responses'>>[]): Conversion {
  const sides = rows.map(({ index, place, value }) => ({
    index,
    place,
    value: {
      positive: { prompt: value.prompt, response: value.positive_response },
      negative: { prompt: value.prompt, response: value.negative_response },
    },
  }));
  return convertProcessed(sides);
}

/**
 * Items of steering-bench's processed files: multiple choice where the responses are letters, else pairs.
 *
 * Source: `dtch1997/steering-bench`, `assets/processed_datasets`.
 */
export function convertProcessed(rows: readonly Row<RawItem<'processed'>>[]): Conversion {
  const conversion: Conversion = { items: [], notes: [], faults: [], statements: null };
  for (const { index, place, value } of rows) {
    const { prompt, response } = value.positive;
    if (response === value.negative.response) {
      const message = 'expected another response than the positive one';
      conversion.faults.push({ place, field: 'negative.response', message });
      continue;
    }
    const letters = `${response.trim()}${value.negative.response.trim()}`;
    if (letters !== '(A)(B)' && letters !== '(B)(A)') {
      conversion.items.push(pairItem(index, prompt, response, value.negative.response));
      continue;
    }
    const positive = letters.startsWith('(A)') ? 'A' : 'B';
    conversion.items.push({
      index,
      multipleChoice: { prompt, positive, word: wordBehind(prompt, positive) },
      completion: null,
    });
  }
  return conversion;
}

function pairItem(index: number, prompt: string, positive: string, negative: string): Item {
  return {
    index,
    multipleChoice: { ...letterAnswers(prompt, positive, negative, index), word: null },
    completion: { prompt, positive, negative },
  };
}

/** Yes or No behind the positive letter of an already lettered persona prompt; null for other options. */
function wordBehind(prompt: string, letter: 'A' | 'B'): 'Yes' | 'No' | null {
  const options = /\n\(A\): +(Yes|No)\n\(B\): +(Yes|No)\s*$/.exec(prompt);
  if (options === null) return null;
  return options[letter === 'A' ? 1 : 2] as 'Yes' | 'No';
}
