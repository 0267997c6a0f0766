import type { Conversion, Statement } from './conversion.ts';
import type { Item, Word } from './item.ts';
import { letterAnswers } from './lettered-prompt.ts';
import type { RawItem, Row } from './shapes.ts';

/**
 * Items of the persona files of Model-Written Evaluations: a statement with Yes and No behind the letters.
 *
 * They have no completion form of their own; see `pairStatements` for the one that is made within a split.
 */
export function convertPersona(rows: readonly Row<RawItem<'persona'>>[]): Conversion {
  const items: Item[] = [];
  const statements = new Map<number, Statement>();
  for (const { index, value } of rows) {
    const { question, statement, answer_matching_behavior: yes, answer_not_matching_behavior: no } = value;
    const word = yes.trim() as Word;
    items.push({
      index,
      multipleChoice: { ...letterAnswers(question, yes, no, index), word },
      completion: null,
    });
    if (statement !== undefined) statements.set(index, { text: statement, matching: word === 'Yes' });
  }
  return {
    items,
    notes: notesOf(rows),
    faults: [],
    statements: statements.size === items.length ? statements : null,
  };
}

function notesOf(rows: readonly Row<RawItem<'persona'>>[]): string[] {
  const words = rows.map(({ value }) => value.answer_matching_behavior.trim());
  const alternates = words.every((word, i) => i === 0 || word !== words[i - 1]);
  return alternates
    ? []
    : [
        'The lines do not alternate between Yes and No, so letters and words are not balanced by construction.',
      ];
}
