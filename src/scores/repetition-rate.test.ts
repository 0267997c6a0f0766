import { expect, it } from 'vitest';
import { repetitionRate } from './repetition-rate.ts';

it.each([
  ['all different', [1, 2, 3, 4, 5], 0],
  ['four tokens, one 4-gram', [7, 7, 7, 7], 0],
  // Five 4-grams of one kind.
  ['one token eight times', new Array(8).fill(3), 4 / 5],
  // 1234 2341 3412 4123 1234: four kinds of five.
  ['a sentence said twice', [1, 2, 3, 4, 1, 2, 3, 4], 1 / 5],
  // A circle of three tokens has three 4-grams; 60 tokens have 57.
  ['a circle of three', Array.from({ length: 60 }, (_, i) => i % 3), 54 / 57],
  ['words', ['the', 'cat', 'the', 'cat', 'the', 'cat'], 1 / 3],
  // Joined by a blank these two 4-grams would be one.
  ['words with blanks in them', ['a b', 'c', 'd', 'e', 'a', 'b c', 'd', 'e'], 0],
  ['typed arrays', Int32Array.of(1, 1, 1, 1, 1), 1 / 2],
])('of %s', (_, tokens, expected) => {
  const { value, reason } = repetitionRate(tokens);
  expect(value).toBeCloseTo(expected, 12);
  expect(reason).toBeNull();
});

it.each([[[]], [[1, 2, 3]]])('of %j is null: no 4-gram', (tokens) => {
  expect(repetitionRate(tokens)).toEqual({
    value: null,
    reason: `a 4-gram needs 4 tokens; the text has ${tokens.length}`,
  });
});
