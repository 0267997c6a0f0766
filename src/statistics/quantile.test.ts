import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import study from '../../test/golden/study-statistics.json' with { type: 'json' };
import { quantile } from './quantile.ts';

describe('quantile', () => {
  it.each(golden.samples)('agrees with numpy on the $name sample', (sample) => {
    for (const [probability, value] of sample.quantiles) {
      expect(quantile(sample.x, probability!).value).toBeCloseTo(value!, 12);
    }
  });

  it.each(study.quantile_ranks)("takes the ranks of scipy's quantile test, n = %d, p = %d", (...row) => {
    const [n, probability, low, high] = row as [number, number, number, number];
    const ranks = Array.from({ length: n }, (_, i) => i + 1);
    expect(quantile(ranks, probability)).toMatchObject({ low, high, reason: null });
  });

  it('needs 72 values to bound a 95th percentile from above: 0.95^72 is the first power below 2.5 %', () => {
    const values = Array.from({ length: 72 }, (_, i) => i);
    expect(quantile(values.slice(1), 0.95).reason).toBe(
      '71 values cannot bound the quantile 0.95 from above',
    );
    expect(quantile(values.slice(1), 0.05).reason).toBe(
      '71 values cannot bound the quantile 0.05 from below',
    );
    expect(quantile(values, 0.95).high).toBe(71);
    expect(quantile(values, 0.05).low).toBe(0);
    expect(quantile(values, 1)).toMatchObject({ value: 71, low: null });
  });

  it('is null for no values and refuses a probability outside [0, 1]', () => {
    expect(quantile([], 0.5)).toMatchObject({ value: null, reason: 'there are no values' });
    expect(quantile([1, 2, 3], 0.5)).toMatchObject({ value: 2, low: null });
    expect(() => quantile([1], 1.5)).toThrow('invalid "probability"');
    expect(() => quantile([Number.NaN], 0.5)).toThrow('not finite');
  });
});
