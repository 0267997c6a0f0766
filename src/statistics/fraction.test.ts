import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { antiSteerableFraction } from './anti-steerable.ts';
import { fraction } from './fraction.ts';

describe('fraction', () => {
  it.each(golden.wilson)("agrees with statsmodels' Wilson interval for %d of %d", (count, n, low, high) => {
    const estimate = fraction(count!, n!);
    expect(estimate.value).toBe(count! / n!);
    expect(estimate.low).toBeCloseTo(low!, 12);
    expect(estimate.high).toBeCloseTo(high!, 12);
  });

  it('stays within [0, 1], holds its value, and mirrors when successes and failures change places', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const count = Math.round(share * n);
          const { value, low, high } = fraction(count, n);
          expect(0 <= low! && low! <= value! && value! <= high! && high! <= 1).toBe(true);
          expect(fraction(n - count, n).low).toBeCloseTo(1 - high!, 12);
        },
      ),
    );
  });

  it('gives no interval below ten items, and no value without items', () => {
    expect(fraction(3, 9)).toMatchObject({ value: 1 / 3, low: null, high: null });
    expect(fraction(0, 0)).toMatchObject({ value: null, reason: 'there are no items' });
  });

  it('refuses counts that cannot be', () => {
    expect(() => fraction(5, 4)).toThrow('invalid "count"');
    expect(() => fraction(1.5, 4)).toThrow('invalid "count"');
    expect(() => fraction(1, -4)).toThrow('invalid "n"');
  });
});

describe('antiSteerableFraction', () => {
  it('counts a slope of exactly 0 as backwards', () => {
    const slopes = [0, -1, -0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(antiSteerableFraction(slopes)).toEqual(fraction(3, 12));
  });
});
