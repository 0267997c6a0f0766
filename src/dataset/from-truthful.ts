import type { Conversion } from './conversion.ts';
import type { Item, MultipleChoice } from './item.ts';
import type { RawItem, Row } from './shapes.ts';

/**
 * Items of TruthfulQA: the true choice against the first false one.
 *
 * The lettered prompt is the published one: options without a heading and without colons, the true choice behind (B) and
 * (A) in turn, (B) first.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404), multiple-choice preprocessing of TruthfulQA.
 */
export function convertTruthful(rows: readonly Row<RawItem<'truthful'>>[]): Conversion {
  const items: Item[] = [];
  const faults: Conversion['faults'] = [];
  let unordered = 0;
  for (const { index, place, value } of rows) {
    const { choices, labels } = value.mc1_targets;
    const [positive, negative] = [choices[labels.indexOf(1)]!, choices[labels.indexOf(0)]!];
    if (positive === negative) {
      faults.push({
        place,
        field: 'mc1_targets',
        message: 'expected a false choice that is not the true one',
      });
    } else if (choices.some((choice) => /^(0|[1-9]\d*)$/.test(choice))) {
      unordered++;
    } else {
      const multipleChoice = { ...alternating(value.question, positive, negative, index), word: null };
      items.push({ index, multipleChoice, completion: { prompt: value.question, positive, negative } });
    }
  }
  const notes = ['The positive answer is the true choice, the negative one the first false choice.'];
  // JavaScript moves such keys of an object to its front: which false choice came first cannot be told.
  if (unordered > 0) notes.push(`Left out ${unordered} with a whole number among the choices.`);
  return { items, notes, faults, statements: null };
}

function alternating(
  question: string,
  positive: string,
  negative: string,
  index: number,
): Pick<MultipleChoice, 'prompt' | 'positive'> {
  const letter = index % 2 === 0 ? 'B' : 'A';
  const [first, second] = letter === 'A' ? [positive, negative] : [negative, positive];
  return { prompt: `${question}\n\n(A) ${first}\n(B) ${second}`, positive: letter };
}
