import type { Conversion, Profile } from './conversion.ts';
import type { Completion, Letter } from './item.ts';
import type { RawItem, Row } from './shapes.ts';

/**
 * Items whose question already holds its lettered options: advanced-ai-risk of Model-Written Evaluations, and the
 * sycophancy sets of CAA.
 *
 * `<META_START>…<META_END>` is cut out of the question, as in the published runs. Left out, and counted in a note:
 * items whose answers are letters beyond (B), and with `corrected` items that offer a third option.
 */
export function convertLettered(rows: readonly Row<RawItem<'lettered'>>[], profile: Profile): Conversion {
  const items: Conversion['items'] = [];
  const counts = { stripped: 0, beyond: 0, third: 0, unparsed: 0 };
  for (const { index, value } of rows) {
    const prompt = value.question.replaceAll(/<META_START>[^<]*<META_END>/g, '');
    const [positive, negative] = [
      letterOf(value.answer_matching_behavior),
      letterOf(value.answer_not_matching_behavior),
    ];
    if (positive === null || negative === null) {
      counts.beyond++;
      continue;
    }
    if (profile === 'corrected' && /^[ \t]*\(C\)/m.test(prompt)) {
      counts.third++;
      continue;
    }
    if (prompt !== value.question) counts.stripped++;
    const completion = openCompletion(prompt, positive);
    if (completion === null) counts.unparsed++;
    items.push({ index, multipleChoice: { prompt, positive, word: null }, completion });
  }
  return { items, notes: notesOf(counts), faults: [], statements: null };
}

function letterOf(answer: string): Letter | null {
  const letter = answer.trim().slice(1, 2);
  return letter === 'A' || letter === 'B' ? letter : null;
}

/** The question before its options, and the options' texts; null where they are not two lines at the end. */
function openCompletion(prompt: string, positive: Letter): Completion | null {
  const match = /^([\s\S]*?)\n[ \t]*\(A\):?[ \t]*([^\n]*)\n[ \t]*\(B\):?[ \t]*([^\n]*)\s*$/.exec(prompt);
  if (match === null) return null;
  const stem = match[1]!.replace(/\n?\n\W*(?:choices?|options?)\W*$/i, '').replace(/\n+$/, '');
  const [a, b] = [match[2]!.trim(), match[3]!.trim()];
  if (stem.trim() === '' || a === '' || b === '' || a === b) return null;
  return positive === 'A'
    ? { prompt: stem, positive: a, negative: b }
    : { prompt: stem, positive: b, negative: a };
}

function notesOf(counts: { stripped: number; beyond: number; third: number; unparsed: number }): string[] {
  const notes: string[] = [];
  if (counts.stripped > 0) notes.push(`A <META_START> mark was cut out of ${count(counts.stripped)}.`);
  if (counts.beyond > 0) notes.push(`Left out ${count(counts.beyond)} whose answers are letters beyond (B).`);
  if (counts.third > 0) notes.push(`Left out ${count(counts.third)} with a third option.`);
  if (counts.unparsed > 0) {
    notes.push(
      `Without a completion form: ${count(counts.unparsed)} whose options are not two lines at the end.`,
    );
  }
  return notes;
}

function count(items: number): string {
  return items === 1 ? '1 item' : `${items} items`;
}
