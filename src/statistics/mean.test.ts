import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { mean } from './mean.ts';

describe('mean', () => {
  it.each(golden.samples)("agrees with scipy's t interval on the $name sample", (sample) => {
    const estimate = mean(sample.x);
    expect(estimate.value).toBeCloseTo(sample.mean[0]!, 12);
    expect(estimate.low).toBeCloseTo(sample.mean[1]!, 10);
    expect(estimate.high).toBeCloseTo(sample.mean[2]!, 10);
    expect(estimate).toMatchObject({ n: sample.x.length, reason: null });
  });

  it('gives no interval below ten values or without spread, and says why', () => {
    expect(mean([1, 2, 3])).toMatchObject({ value: 2, low: null, high: null, n: 3 });
    expect(mean([1, 2, 3]).reason).toContain('at least 10 items; there are 3');
    expect(mean(new Array(12).fill(0.1))).toMatchObject({ low: null, reason: 'all 12 values are equal' });
    expect(mean([])).toMatchObject({ value: null, reason: 'there are no values' });
  });

  it('refuses a value that is not finite', () => {
    expect(() => mean([1, Number.NaN])).toThrow('not finite at index 1');
  });

  it('moves with its values', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (x, shift) => {
        const [before, after] = [mean(x), mean(x.map((value) => value + shift))];
        fc.pre(before.low !== null);
        expect(after.low! - before.low!).toBeCloseTo(shift, 8);
        expect(after.high! - before.high!).toBeCloseTo(shift, 8);
      }),
      { numRuns: 30 },
    );
  });
});
