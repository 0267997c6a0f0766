import { describe, expect, it } from 'vitest';
import { answerTokens, lexicalOverlap, lowestThird } from './lexical-overlap.ts';

describe('lexicalOverlap', () => {
  it('counts tokens of the same class only, with repetitions', () => {
    const training = [
      { positive: [1, 2], negative: [10] },
      { positive: [3], negative: [11, 12] },
    ];
    const test = [
      { positive: [1, 1, 9, 9], negative: [10, 11, 12] },
      // Words of the other class do not count: 10 and 1 were seen on the other side.
      { positive: [10, 3], negative: [1, 1, 1, 11] },
      { positive: Int32Array.of(7), negative: Int32Array.of(8) },
    ];
    expect(lexicalOverlap(test, training)).toEqual([
      { positive: 0.5, negative: 1, least: 0.5, mean: 0.75 },
      { positive: 0.5, negative: 0.25, least: 0.25, mean: 0.375 },
      { positive: 0, negative: 0, least: 0, mean: 0 },
    ]);
  });

  it('is 0 without training answers, and refuses an answer without tokens', () => {
    expect(lexicalOverlap([{ positive: [1], negative: [2] }], [])[0]!.mean).toBe(0);
    expect(() => lexicalOverlap([{ positive: [], negative: [2] }], [])).toThrow(RangeError);
  });
});

describe('lowestThird', () => {
  it.each([
    [
      [0.5, 0.1, 0.9, 0.2, 0.8, 0.7],
      [1, 3],
    ],
    // Ties: the earlier items.
    [
      [0.5, 0.1, 0.9, 0.1, 0.1, 0.7],
      [1, 3],
    ],
    [[0.5, 0.5, 0.5], [0]],
    // Rounded up.
    [
      [0.4, 0.3, 0.2, 0.1],
      [2, 3],
    ],
    [[0.4], [0]],
    [[], []],
  ])('of %j are the places %j', (values, places) => {
    expect(lowestThird(values)).toEqual(places);
  });
});

describe('answerTokens', () => {
  it('cuts the answer out of the sequence', () => {
    const sequence = {
      tokens: Int32Array.of(5, 6, 7, 8, 9),
      lastPromptToken: 1,
      firstAnswerToken: 2,
      letter: null,
      answerStart: 2,
      answerEnd: 4,
    };
    expect([...answerTokens(sequence)]).toEqual([7, 8]);
  });
});
