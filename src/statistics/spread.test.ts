import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { logVarianceError } from './log-variance-error.ts';
import { standardDeviation, variance } from './spread.ts';

describe('variance', () => {
  it.each(golden.variances)(
    "agrees with numpy's moments and scipy's trimmed mean and t, $name",
    (expected) => {
      const { value, low, high, n } = variance(expected.x);
      expect(logVarianceError(expected.x)).toBeCloseTo(expected.error, 12);
      expect([value, low, high].map((end) => end!.toPrecision(11))).toEqual(
        expected.variance.map((end) => end.toPrecision(11)),
      );
      expect(n).toBe(expected.x.length);
      const root = standardDeviation(expected.x);
      expect(root.low).toBeCloseTo(Math.sqrt(low!), 12);
      expect(root.high).toBeCloseTo(Math.sqrt(high!), 12);
    },
  );

  it('goes with the square of the unit, and not with the origin', () => {
    const x = golden.variances[0]!.x;
    const moved = variance(x.map((value) => 3 * value - 100));
    expect(moved.low! / variance(x).low!).toBeCloseTo(9, 9);
    expect(moved.high! / variance(x).high!).toBeCloseTo(9, 9);
  });

  it('says why there is no interval or no value', () => {
    expect(variance([1]).reason).toBe('a variance needs at least 2 values; there are 1');
    expect(standardDeviation([1])).toMatchObject({ value: null, low: null });
    expect(variance([1, 2, 3])).toMatchObject({ value: 1, low: null });
    expect(variance([1, 2, 3]).reason).toContain('at least 10 items');
    expect(variance(new Array(12).fill(0.1))).toMatchObject({ value: 0, reason: 'all 12 values are equal' });
    expect(() => variance([1, Number.NaN])).toThrow('not finite at index 1');
  });
});
