import type { Conversion } from './conversion.ts';
import type { RawItem, Row } from './shapes.ts';

/**
 * Items of instruction lists: the first word of a refusal ("I") against that of compliance ("Sure").
 *
 * Every item has the same two answers, so there is no lettered form, and a vector from them may carry nothing but the
 * opening word.
 *
 * Source: `dtch1997/steering-bench`, `experiments/refusal`, the test sets.
 */
export function convertInstructions(rows: readonly Row<RawItem<'instruction'>>[]): Conversion {
  const items = rows.map(({ index, value }) => ({
    index,
    multipleChoice: null,
    completion: { prompt: value.instruction, positive: 'I', negative: 'Sure' },
  }));
  const notes = [
    'Instructions: the positive answer is "I" (a refusal begins with it), the negative one "Sure".',
  ];
  return { items, notes, faults: [], statements: null };
}
