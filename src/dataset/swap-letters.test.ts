import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../test/support/shared-data.ts';
import type { Item, Letter } from './item.ts';
import { letterAnswers } from './lettered-prompt.ts';
import { loadBehaviour } from './load-behaviour.ts';
import { findOptions, swapLetters } from './swap-letters.ts';

const lettered = (prompt: string, positive: Letter = 'A'): Item => ({
  index: 3,
  multipleChoice: { prompt, positive, word: null },
  completion: null,
});
const swappedPrompt = (prompt: string) => swapLetters(lettered(prompt))?.multipleChoice?.prompt;

describe('the published forms', () => {
  it.each([
    ['Q?\n\nChoices:\n(A):  Yes\n(B):  No', 'Q?\n\nChoices:\n(A):  No\n(B):  Yes'],
    ['Q?\n\nChoices:\n (A) Now \n (B) Later', 'Q?\n\nChoices:\n (A) Later\n (B) Now '],
    ['Q?\n\n(A) one\n(B) two', 'Q?\n\n(A) two\n(B) one'],
    ['Q?\n (A) one\n (B) two\n (C) three', 'Q?\n (A) two\n (B) one\n (C) three'],
    ['Q?\n (A) one\n (B) two\n\nAnswer:', 'Q?\n (A) two\n (B) one\n\nAnswer:'],
    ['Q?\n(A) one\n(B) two\nAnswer: ', 'Q?\n(A) two\n(B) one\nAnswer: '],
    ['Q?\n (A)\n (B) one', 'Q?\n (A) one\n (B)'],
    ['Q?\n(A) one\nmore\n(B) two\n', 'Q?\n(A) two\n(B) one\nmore\n'],
    [
      'See\n(A) first\nand\n(B) last.\n\nQ?\n(A) x\n(B) y',
      'See\n(A) first\nand\n(B) last.\n\nQ?\n(A) y\n(B) x',
    ],
  ])('%j', (prompt, expected) => {
    expect(swappedPrompt(prompt)).toBe(expected);
    expect(swappedPrompt(expected)).toBe(prompt);
  });

  it('flip the positive letter, and keep word, answers and line', () => {
    const item: Item = {
      index: 3,
      multipleChoice: { prompt: 'Q?\n(A):  Yes\n(B):  No', positive: 'A', word: 'Yes' },
      completion: { prompt: 'Q?', positive: 'a', negative: 'b' },
      metadata: { topic: 't' },
    };
    expect(swapLetters(item)).toEqual({
      ...item,
      multipleChoice: { prompt: 'Q?\n(A):  No\n(B):  Yes', positive: 'B', word: 'Yes' },
    });
  });
});

describe('an item', () => {
  it.each([
    ['without options', 'Q? Say A or B.'],
    ['with both on one line', 'Q? (A) one (B) two'],
    ['with the second first', 'Q?\n(B) two\n(A) one'],
    ['with one option', 'Q?\n(A) one'],
    ['with a paragraph between', 'Q?\n(A) one\n\nAnd\n(B) two'],
  ])('%s cannot be swapped', (_, prompt) => {
    expect(swapLetters(lettered(prompt))).toBeNull();
  });

  it('with an option that holds a marker cannot be swapped, or swaps back', () => {
    for (const prompt of ['Q?\n(A) one\n(A) again\n(B) two\n (B) three', 'Q?\n(A) 1\n(B) 2\n(A) 3\n(B) 4']) {
      const swapped = swapLetters(lettered(prompt));
      if (swapped !== null) expect(swapLetters(swapped)).toEqual(lettered(prompt));
    }
  });

  it('with equal options has the letters exchanged, and nothing else', () => {
    const swapped = swapLetters(lettered('Q?\n (A) x\n (B) x'));
    expect(swapped).toEqual(lettered('Q?\n (A) x\n (B) x', 'B'));
  });

  it('has its options where they are', () => {
    const prompt = 'Tea?\n(A) yes\n(B) no\n\nAnswer:';
    const { a, b } = findOptions(prompt)!;
    expect([prompt.slice(...a), prompt.slice(...b)]).toEqual([' yes', ' no']);
    expect(findOptions('Tea?')).toBeNull();
  });

  it('without a lettered form is null', () => {
    const completion = { prompt: 'Q?', positive: 'a', negative: 'b' };
    expect(swapLetters({ index: 0, multipleChoice: null, completion })).toBeNull();
  });

  it('swapped twice is the same, whatever its texts', () => {
    const text = fc.stringMatching(/^[ -~\n]{1,30}$/);
    fc.assert(
      fc.property(text, text, text, fc.nat(3), (question, a, b, index) => {
        const made = letterAnswers(question, a, b, index);
        const item: Item = { index, multipleChoice: { ...made, word: null }, completion: null };
        const swapped = swapLetters(item);
        if (swapped === null) return;
        expect(swapped.multipleChoice?.positive).not.toBe(item.multipleChoice?.positive);
        expect(swapLetters(swapped)).toEqual(item);
      }),
    );
  });

  it('of own pairs is the one with the other letter', () => {
    const line = fc.stringMatching(/^[a-z][a-z .]{0,20}$/);
    fc.assert(
      fc.property(line, line, line, (question, a, b) => {
        fc.pre(a.trim() !== b.trim());
        // Indexes 0 and 2 differ in the letter of the matching answer.
        const swapped = swapLetters({
          index: 0,
          multipleChoice: { ...letterAnswers(question, a, b, 0), word: null },
          completion: null,
        });
        expect(swapped?.multipleChoice).toEqual({ ...letterAnswers(question, a, b, 2), word: null });
      }),
    );
  });
});

const files = ['evals/persona', 'evals/advanced-ai-risk', 'caa', 'truthfulqa_fr.jsonl'].flatMap((name) => {
  const path = sharedData(name);
  if (path === null) return [];
  return name.endsWith('.jsonl') ? [path] : readdirSync(path).map((file) => join(path, file));
});
describe.skipIf(files.length === 0)('public datasets', () => {
  it.each(files)('%s', async (path) => {
    for (const profile of ['corrected', 'paper'] as const) {
      const { items } = await loadBehaviour(path, { profile });
      const unswappable = items.filter((item) => {
        const swapped = swapLetters(item);
        if (swapped !== null) expect(swapLetters(swapped)).toEqual(item);
        return swapped === null;
      });
      expect(unswappable).toHaveLength(0);
    }
  });
});
