import { expect, it } from 'vitest';
import { spanOf } from './span-of.ts';

it.each([
  [[4], '4'],
  [[3, 2, 1], '1 to 3'],
  [[1, 2, 4, 5, 9], '1 to 2, 4 to 5, 9'],
  [[2, 2], '2'],
  [[], ''],
])('%j', (numbers, expected) => {
  expect(spanOf(numbers)).toBe(expected);
});
