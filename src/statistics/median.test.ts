import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { median } from './median.ts';

describe('median', () => {
  it.each(golden.samples)("agrees with the ranks from scipy's binomial on the $name sample", (sample) => {
    const { value, low, high } = median(sample.x);
    expect([value, low, high]).toEqual(sample.median);
  });

  it('takes the ranks of the printed table: 2 of 10, 6 of 20, 22 of 60, 40 of 100', () => {
    for (const [n, rank] of [
      [10, 2],
      [20, 6],
      [60, 22],
      [100, 40],
    ] as const) {
      const { low, high } = median(Array.from({ length: n }, (_, i) => n - i));
      expect([low, high]).toEqual([rank, n + 1 - rank]);
    }
  });

  it('gives no interval below ten values, and no value without any', () => {
    expect(median([3, 1, 2])).toMatchObject({ value: 2, low: null });
    expect(median([])).toMatchObject({ value: null, reason: 'there are no values' });
  });
});
