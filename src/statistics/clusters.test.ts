import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { meanOfClusters, quantileOfClusters } from './clusters.ts';
import { mean } from './mean.ts';

const { texts, mean: expectedMean, quantiles } = golden.groups;

describe('meanOfClusters', () => {
  it("agrees with statsmodels' least squares robust to groups", () => {
    const { value, low, high, n } = meanOfClusters(texts);
    expect(n).toBe(16);
    for (const [i, end] of [value, low, high].entries()) expect(end).toBeCloseTo(expectedMean[i]!, 9);
  });

  it('is the t interval where every group holds one value', () => {
    const values = texts[0]!;
    const grouped = meanOfClusters([...values.map((value) => [value]), []]);
    expect(grouped.low).toBeCloseTo(mean(values).low!, 12);
    expect(grouped.n).toBe(values.length);
  });

  it('says why there is no interval', () => {
    expect(meanOfClusters([[], []])).toMatchObject({ value: null, reason: 'there are no values' });
    expect(meanOfClusters(texts.slice(0, 9)).reason).toContain('at least 10 items; there are 9');
    expect(meanOfClusters(new Array(12).fill([2, 2])).reason).toBe('all values are equal');
    expect(meanOfClusters(new Array(12).fill([1, 3])).reason).toBe('no group deviates from the mean');
    expect(() => meanOfClusters([[Number.NaN]])).toThrow('not finite');
  });
});

describe('quantileOfClusters', () => {
  it.each(quantiles)("agrees with numpy's quantiles at the ends of the robust interval, p = %d", (...row) => {
    const [probability, ...expected] = row as [number, number, number, number];
    const { value, low, high } = quantileOfClusters(texts, probability);
    for (const [i, end] of [value, low, high].entries()) expect(end).toBeCloseTo(expected[i]!, 10);
  });

  it('says why there is no interval', () => {
    expect(quantileOfClusters(texts, 0.999).reason).toBe(
      '16 groups cannot bound the quantile 0.999 from above',
    );
    expect(quantileOfClusters(texts, 0.001).reason).toBe(
      '16 groups cannot bound the quantile 0.001 from below',
    );
    expect(quantileOfClusters([], 0.5).value).toBeNull();
    expect(quantileOfClusters(texts.slice(1, 5), 0.5)).toMatchObject({ low: null, n: 4 });
    expect(quantileOfClusters(new Array(12).fill([1]), 0.5).reason).toBe('all values are equal');
    expect(() => quantileOfClusters(texts, 2)).toThrow('invalid "probability"');
  });
});
