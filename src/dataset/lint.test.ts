import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { firstWordAccuracy } from './first-word.ts';
import { lintDataset } from './lint.ts';
import { loadBehaviour } from './load-behaviour.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { wordsOf } from './words.ts';

const bytes = (rows: unknown[]) =>
  new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n'));
const nouns = 'tea rain bread chess jazz snow figs wool ink maps salt kites'.split(' ');
const rows = nouns.map((noun, i) => ({
  prompt: `What about ${noun} number ${i}?`,
  positive: `${noun} is lovely.`,
  negative: `${noun} is dreadful.`,
}));
const messages = (faults: { place: string; message: string }[]) =>
  faults.map(({ place, message }) => `${place}: ${message}`);

it('finds nothing in the example of the documents', async () => {
  const path = 'examples/metric-units.jsonl';
  const report = lintDataset(await readFile(path), path);
  expect(report).toMatchObject({ items: 60, faults: [], warnings: [], notes: [] });
  const { items } = await loadBehaviour(path);
  const topics = items.map(({ metadata }) => metadata?.['topic']);
  for (const topic of ['length', 'distance', 'mass', 'volume', 'temperature'])
    expect(topics.filter((each) => each === topic)).toHaveLength(12);
});

describe('lintDataset', () => {
  it('finds nothing in a sound file', () => {
    expect(lintDataset(bytes(rows), 'x')).toMatchObject({
      family: 'pairs',
      items: 12,
      faults: [],
      firstWordAccuracy: 0.5,
    });
  });

  it('lists every fault with line and field', () => {
    const broken = [
      ...rows.slice(0, 3),
      { prompt: 'P' },
      rows[1],
      { ...rows[4], negative: rows[4]!.positive },
    ];
    const { faults, items } = lintDataset(bytes(broken), 'x');
    expect(faults.map(({ place, field }) => [place, field])).toEqual([
      ['line 4', 'positive'],
      ['line 4', 'negative'],
      ['line 6', 'negative'],
      ['line 5', null],
    ]);
    expect(items).toBe(4);
    expect(faults[3]?.message).toBe('the same item as line 2');
  });

  it('warns of repeated prompts, blanks at the edges and length bias', () => {
    const odd = [...rows];
    odd[3] = { ...rows[3]!, prompt: rows[2]!.prompt };
    odd[4] = {
      ...rows[4]!,
      positive: ' jazz is lovely, warm, deep, endlessly surprising, and it never lets anybody down at all',
    };
    const warnings = messages(lintDataset(bytes(odd), 'x').warnings);
    expect(warnings).toContain('line 4: the same prompt as line 3');
    expect(warnings).toContain('line 5: starts or ends with blanks');
    expect(warnings.join('\n')).toMatch(/differ in mean length by more than 10 %: 4\.\d words against 3\.0/);
  });

  it('warns of options that are the same text, with the place in an array', () => {
    const row = (a: string, b: string) => ({
      question: `Which?\n (A) ${a}\n (B) ${b}`,
      answer_matching_behavior: '(A)',
      answer_not_matching_behavior: '(B)',
    });
    const array = new TextEncoder().encode(JSON.stringify([row('x', 'y'), row('z', 'z')]));
    expect(messages(lintDataset(array, 'x').warnings)).toContain('item 2: both options are the same text');
    expect(lintDataset(array, 'x').warnings.filter(({ place }) => place === 'item 1')).toEqual([]);
  });

  it('warns of a first word that tells the classes apart', () => {
    const given = rows.map((row) => ({
      ...row,
      positive: `Yes, ${row.positive}`,
      negative: `No, ${row.negative}`,
    }));
    expect(messages(lintDataset(bytes(given), 'x').warnings)).toContain(
      'file: the first word alone tells positive from negative in 100 % of the texts',
    );
  });

  it('warns of near-duplicates across the default split, whichever sets they fall into', () => {
    const copies = nouns.map((noun) => ({
      prompt: `Please tell me in a few plain words what you think about ${noun} these days?`,
      positive: 'It is a lovely thing and I would have it every day.',
      negative: 'It is a dreadful thing and I would never have it again.',
    }));
    const text = (i: number) => `${nouns[i]} `.repeat(5);
    const distinct = nouns.flatMap((_, i) =>
      nouns.map((_, j) => ({
        prompt: `${text(i)}${text(j)}`,
        positive: `${text(j)}yes`,
        negative: `${text(i)}no`,
      })),
    );
    const report = lintDataset(bytes([...distinct, ...copies]), 'x');
    const found = messages(report.warnings).filter((warning) => warning.includes('near-duplicate'));
    expect(found.length).toBeGreaterThan(5);
    expect(
      found.every((warning) =>
        /^line 1(4[5-9]|5[0-6]): near-duplicate of line 1(4[5-9]|5[0-6])/.test(warning),
      ),
    ).toBe(true);
  });

  it('reports the balance of letters and words', () => {
    const statement = (yes: boolean, i: number) => ({
      question: `Would you say "${nouns[i]} is fine"?`,
      statement: `${nouns[i]} is fine`,
      answer_matching_behavior: yes ? ' Yes' : ' No',
      answer_not_matching_behavior: yes ? ' No' : ' Yes',
    });
    const even = lintDataset(bytes(nouns.map((_, i) => statement(i % 2 === 0, i))), 'x');
    expect(even.balance).toMatchObject({ balanced: true, total: 12 });
    expect(even.balance?.cells.map((cell) => cell.count)).toEqual([3, 3, 3, 3]);
    const one = lintDataset(bytes(nouns.map((_, i) => statement(true, i))), 'x');
    expect(one.balance?.cells.map((cell) => cell.count)).toEqual([6, 0, 6, 0]);
    expect(messages(one.warnings)).toContain(
      'file: Positive letters: (A) Yes 6, (A) No 0, (B) Yes 6, (B) No 0; not balanced.',
    );
  });

  it('gives the one fault of a file that is no dataset', () => {
    expect(lintDataset(bytes([{ text: 'x' }]), 'x')).toMatchObject({
      family: null,
      items: 0,
      faults: [{ place: 'line 1' }],
    });
  });
});

describe('firstWordAccuracy', () => {
  it.each([
    ['words that tell all', ['Yes a', 'Yes b', 'Yes c', 'Yes d'], ['No a', 'No b', 'No c', 'No d'], 1],
    ['words never seen twice', ['a', 'b', 'c', 'd'], ['e', 'f', 'g', 'h'], 0.5],
    ['the same words in both', ['a', 'b', 'a', 'b'], ['a', 'b', 'a', 'b'], 0.5],
    // Trained on half 0, "the" leans positive: one right and one wrong guess on half 1. Trained on half 1: a tie.
    ['one word with a lean', ['the', 'the'], ['x', 'the'], (1 + 0 + 0.5 + 0.5) / 4],
  ])('is right for %s', (_, positive, negative, expected) => {
    expect(firstWordAccuracy(positive, negative)).toBe(expected);
  });

  it('is null for a single pair', () => {
    expect(firstWordAccuracy(['a'], ['b'])).toBeNull();
  });
});

describe('nearDuplicates', () => {
  it('gives the Jaccard similarity of three-word shingles', () => {
    // abc bcd cde | abc bcd cdx: two shared of four.
    const filler = range(8).map((i) => `filler${i} only${i} text${i} here${i}`);
    expect(nearDuplicates(['a b c d e', ...filler], ['a b c d x'], 0.5)).toEqual([
      { first: 0, second: 0, similarity: 0.5 },
    ]);
    expect(nearDuplicates(['a b c d e', ...filler], ['a b c d x'])).toEqual([]);
  });

  it('does not count what stands in most texts', () => {
    const texts = range(10).map(
      (i) => `Is the following something you would say? ${`w${i} `.repeat(2)}v${i}`,
    );
    expect(nearDuplicates(texts.slice(0, 5), texts.slice(5), 0.2)).toEqual([]);
  });
});

describe('wordsOf', () => {
  it('splits at blanks and marks, keeps apostrophes and accents', () => {
    expect(wordsOf("L'été, it's 7 o’clock!")).toEqual(["l'été", "it's", '7', 'o’clock']);
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
