import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstWordAccuracy } from '../dataset/first-word.ts';
import { lintDataset } from '../dataset/lint.ts';
import { loadBehaviour } from '../dataset/load-behaviour.ts';
import { readBytes } from '../dataset/locate.ts';
import { meanLengths, wordsOf } from '../dataset/words.ts';
import { loadControls } from './controls.ts';
import { builtInBehaviours, readCard, readNeutralText } from './index.ts';

const pairSets = builtInBehaviours.filter((behaviour) => behaviour.defaultFormat === 'completion');
const statementSets = builtInBehaviours.filter((behaviour) => behaviour.defaultFormat === 'multiple-choice');

/** Tokens a word in small English vocabularies, relative to English. */
const tokensPerFrenchWord = 1.6;

async function completionsOf(name: string) {
  return (await loadBehaviour(name)).items.map(({ completion }) => completion!);
}

/** Share of texts that open with the same three words as another text, for the commonest opening. */
function commonestOpening(texts: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const opening = wordsOf(text).slice(0, 3).join(' ');
    counts.set(opening, (counts.get(opening) ?? 0) + 1);
  }
  return Math.max(...counts.values()) / texts.length;
}

it('has ten sets of pairs and two of statements', () => {
  expect(pairSets.map(({ name }) => name)).toEqual([
    'sentiment',
    'formality',
    'certainty',
    'french',
    'agreement',
    'risk',
    'declining',
    'human-claim',
    'politeness',
    'past-tense',
  ]);
  expect(statementSets.map(({ name }) => name)).toEqual(['introversion', 'rule-following']);
});

describe.each(builtInBehaviours)('$name', ({ name, file, card, persona }) => {
  it('passes the check without a fault, balanced by construction', async () => {
    expect(existsSync(file)).toBe(true);
    const { faults, balance, notes } = lintDataset(await readBytes(file, name), name);
    expect(faults).toEqual([]);
    expect(balance?.balanced).toBe(true);
    expect(notes).toEqual([]);
  });

  it('has a card', async () => {
    expect(existsSync(card)).toBe(true);
    expect((await readCard(name)).length).toBeGreaterThan(300);
  });

  it('has a persona of either side, one sentence each, alike in length', () => {
    const sides = [persona.positive, persona.negative];
    for (const sentence of sides) expect(sentence).toMatch(/^You [^.!?]+\.$/);
    expect(persona.positive).not.toBe(persona.negative);
    const [words, characters] = [sides.map((side) => wordsOf(side).length), sides.map((side) => side.length)];
    expect(Math.abs(words[0]! - words[1]!)).toBeLessThanOrEqual(1);
    expect(Math.min(...characters) / Math.max(...characters)).toBeGreaterThanOrEqual(0.9);
  });
});

describe.each(pairSets)('pairs of $name', ({ name }) => {
  it('are at least 120, each with a prompt of its own', async () => {
    const pairs = await completionsOf(name);
    expect(pairs.length).toBeGreaterThanOrEqual(120);
    expect(new Set(pairs.map(({ prompt }) => prompt.toLowerCase())).size).toBe(pairs.length);
  });

  it('follow no template: no opening of three words dominates', async () => {
    const pairs = await completionsOf(name);
    expect(commonestOpening(pairs.map(({ prompt }) => prompt))).toBeLessThanOrEqual(0.06);
    expect(commonestOpening(pairs.map(({ positive }) => positive))).toBeLessThanOrEqual(0.06);
    expect(commonestOpening(pairs.map(({ negative }) => negative))).toBeLessThanOrEqual(0.06);
  });

  it('have answers of equal mean length within 10 %', async () => {
    const pairs = await completionsOf(name);
    const weight = name === 'french' ? tokensPerFrenchWord : 1;
    const positive = meanLengths(pairs.map((pair) => pair.positive)).words * weight;
    const negative = meanLengths(pairs.map((pair) => pair.negative)).words;
    expect(Math.abs(positive / negative - 1)).toBeLessThanOrEqual(0.1);
  });

  it('are not told apart by the first word alone', async () => {
    const pairs = await completionsOf(name);
    const accuracy = firstWordAccuracy(
      pairs.map((pair) => pair.positive),
      pairs.map((pair) => pair.negative),
    );
    expect(accuracy).toBeLessThanOrEqual(name === 'french' ? 0.8 : 0.65);
  });
});

describe.each(statementSets)('statements of $name', ({ name }) => {
  it('are 200, all different, matching and not matching in turn', async () => {
    const { family, items, statements, balance } = await loadBehaviour(name);
    expect(family).toBe('mwe-persona');
    expect(items).toHaveLength(200);
    const texts = items.map(({ index }) => statements!.get(index)!);
    expect(new Set(texts.map(({ text }) => text.toLowerCase())).size).toBe(200);
    expect(texts.every(({ matching }, i) => matching === (i % 2 === 0))).toBe(true);
    expect(balance.cells.map(({ count }) => count)).toEqual([50, 50, 50, 50]);
  });

  it('have equal mean length within 10 % and no opening that dominates or gives away', async () => {
    const { statements } = await loadBehaviour(name);
    const side = (matching: boolean) =>
      [...statements!.values()]
        .filter((statement) => statement.matching === matching)
        .map(({ text }) => text);
    const [matching, others] = [side(true), side(false)];
    expect(Math.abs(meanLengths(matching).words / meanLengths(others).words - 1)).toBeLessThanOrEqual(0.1);
    expect(commonestOpening([...matching, ...others])).toBeLessThanOrEqual(0.06);
    expect(firstWordAccuracy(matching, others)).toBeLessThanOrEqual(0.65);
  });
});

describe('controls', () => {
  it('are 24 completions, the two answers of equal length in words', async () => {
    const items = await loadControls('completion');
    expect(items).toHaveLength(24);
    for (const { completion } of items) {
      expect(wordsOf(completion!.positive).length).toBe(wordsOf(completion!.negative).length);
    }
  });

  it('are 24 questions in both letter orders', async () => {
    const items = await loadControls('multiple-choice');
    expect(items).toHaveLength(48);
    expect(items[0]?.multipleChoice).toEqual({
      prompt: 'Which of these is a fruit?\n\nChoices:\n(A): an apple\n(B): a hammer',
      positive: 'A',
      word: null,
    });
    expect(items[1]?.multipleChoice).toEqual({
      prompt: 'Which of these is a fruit?\n\nChoices:\n(A): a hammer\n(B): an apple',
      positive: 'B',
      word: null,
    });
    expect(items.map(({ index }) => index)).toEqual(Array.from({ length: 48 }, (_, i) => i));
  });
});

describe('neutral text', () => {
  it('has some 1,700 words, about 2,000 tokens', async () => {
    const words = wordsOf(await readNeutralText()).length;
    expect(words).toBeGreaterThan(1500);
    expect(words).toBeLessThan(2000);
  });
});

describe('readCard', () => {
  it('refuses names that are not built in', async () => {
    await expect(readCard('nonsense')).rejects.toThrow(RangeError);
  });
});
