import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { excessKurtosis } from './kurtosis.ts';

describe('excessKurtosis', () => {
  it.each(golden.samples)('agrees with pandas on the $name sample', (sample) => {
    expect(excessKurtosis(sample.x).value).toBeCloseTo(sample.kurtosis, 10);
  });

  it('is null below four values and without spread, and never has an interval', () => {
    expect(excessKurtosis([1, 2, 3]).reason).toContain('at least 4 values');
    expect(excessKurtosis([2, 2, 2, 2, 2])).toMatchObject({ value: null, reason: 'all 5 values are equal' });
    expect(excessKurtosis(golden.samples[0]!.x)).toMatchObject({ low: null, high: null });
  });
});
