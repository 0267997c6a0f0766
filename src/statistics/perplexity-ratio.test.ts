import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { perplexityRatio } from './perplexity-ratio.ts';

describe('perplexityRatio', () => {
  it.each(golden.samples)("is the exponential of scipy's t interval, $name sample", (sample) => {
    const { value, low, high, n } = perplexityRatio(sample.x);
    for (const [i, end] of [value, low, high].entries())
      expect(end! / Math.exp(sample.mean[i]!)).toBeCloseTo(1, 9);
    expect(n).toBe(sample.x.length);
  });

  it('has no interval below ten texts', () => {
    expect(perplexityRatio([Math.log(2), Math.log(8)])).toMatchObject({
      value: expect.closeTo(4, 12),
      low: null,
    });
    expect(perplexityRatio([])).toMatchObject({ value: null, reason: 'there are no values' });
  });
});
