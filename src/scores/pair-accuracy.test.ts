import { expect, it } from 'vitest';
import { pairAccuracy, reasonAgainstScorer } from './pair-accuracy.ts';

const right = { positive: 9, negative: 2 };

it('counts pairs in order; ties, reversals and missing scores are wrong', () => {
  const pairs = [
    right,
    { positive: 2, negative: 9 },
    { positive: 5, negative: 5 },
    { positive: null, negative: 0 },
    { positive: 10, negative: null },
  ];
  expect(pairAccuracy(pairs)).toMatchObject({ value: 0.2, n: 5, low: null });
  expect(pairAccuracy([])).toMatchObject({ value: null, n: 0 });
});

it('lets a scorer be used above 0.8 only: 16 of 16 right, not 15 of 15', () => {
  expect(reasonAgainstScorer('the judge', pairAccuracy(new Array(16).fill(right)))).toBeNull();
  // Wilson: 15 / (15 + 1.96²) = 0.796.
  expect(reasonAgainstScorer('the judge', pairAccuracy(new Array(15).fill(right)))).toBe(
    'the judge orders 100 % of 15 held-out pairs rightly; the lower end of the interval, 79.6 %, is not above 80 %',
  );
});
