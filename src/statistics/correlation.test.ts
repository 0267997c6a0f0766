import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { pearson, spearman } from './correlation.ts';
import { ranks } from './ranks.ts';

describe('pearson', () => {
  it.each(golden.pairs)('agrees with scipy on the $name pairs', (pair) => {
    const { value, low, high } = pearson(pair.x, pair.y);
    expect(value).toBeCloseTo(pair.pearson[0]!, 12);
    expect(low).toBeCloseTo(pair.pearson[1]!, 12);
    expect(high).toBeCloseTo(pair.pearson[2]!, 12);
  });

  it('says why it is null', () => {
    const rising = Array.from({ length: 12 }, (_, i) => i);
    expect(pearson(rising, new Array(12).fill(1))).toMatchObject({
      value: null,
      reason: 'one side does not vary',
    });
    expect(pearson(rising, rising)).toMatchObject({ value: 1, low: null });
    expect(pearson(rising.slice(0, 5), [1, 5, 2, 4, 1]).reason).toContain('at least 10');
    expect(pearson([], []).reason).toBe('there are no pairs');
    expect(() => pearson([1], [1, 2])).toThrow('differ in length');
  });
});

describe('spearman', () => {
  it.each(golden.pairs)('agrees with scipy on the $name pairs', (pair) => {
    expect(spearman(pair.x, pair.y).value).toBeCloseTo(pair.spearman, 12);
  });

  it('has the interval of Bonett and Wright, worked out by hand for r = 0.5 at n = 19', () => {
    // z = atanh 0.5 = 0.549306; half = 1.959964·√(1.125/16) = 0.519709; tanh of 0.029597 and of 1.069015.
    const x = Array.from({ length: 19 }, (_, i) => i);
    const y = halfCorrelated(x);
    const { value, low, high } = spearman(x, y);
    expect(value).toBeCloseTo(0.5, 12);
    expect(low).toBeCloseTo(0.029588, 5);
    expect(high).toBeCloseTo(0.789092, 5);
  });

  it('does not change under a rising transformation', () => {
    const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        expect(spearman(x.map(Math.exp), y)).toEqual(spearman(x, y));
      }),
    );
  });
});

describe('ranks', () => {
  it('shares the mean rank among ties', () => {
    expect(Array.from(ranks([10, 30, 20, 30, 30]))).toEqual([1, 4, 2, 4, 4]);
    expect(Array.from(ranks([]))).toEqual([]);
  });
});

/** A permutation of 0..18 with Σ d² = n(n² - 1)/12 = 570, that is a rank correlation of exactly one half. */
function halfCorrelated(x: readonly number[]): number[] {
  // Exchanging places i and j of the identity adds 2(i - j)²: 2·256 + 2·25 + 2·4 = 570.
  const y = [...x];
  for (const [i, j] of [
    [0, 16],
    [2, 7],
    [9, 11],
  ] as const) {
    [y[i], y[j]] = [y[j]!, y[i]!];
  }
  return y;
}
