import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { bca } from './bca.ts';
import { varianceOf } from './moments.ts';
import { ratio } from './ratio.ts';

// scipy drew 200,000 resamples; with 60,000 here both ends agree within a small part of the interval's width.
const resamples = 60_000;
const tolerance = 0.015;

function expectInterval(
  { low, high }: { low: number | null; high: number | null },
  expected: number[],
): void {
  const width = expected[2]! - expected[1]!;
  expect(Math.abs(low! - expected[1]!) / width).toBeLessThan(tolerance);
  expect(Math.abs(high! - expected[2]!) / width).toBeLessThan(tolerance);
}

/** The variance has a better interval (spread.ts); here it is the statistic that scipy bootstrapped too. */
function variance(values: readonly number[], random: Xoshiro, count?: number) {
  return bca(values.length, (at) => varianceAt(values, at), random, count);
}

function varianceAt(values: readonly number[], at: Uint32Array): number | null {
  return at.length < 2 ? null : varianceOf(Float64Array.from(at, (i) => values[i]!));
}

describe("BCa intervals, against scipy's bootstrap", () => {
  it.each(golden.samples)('variance and sd of the $name sample', (sample) => {
    const squared = variance(sample.x, new Xoshiro(0), resamples);
    expect(squared.value).toBeCloseTo(sample.variance[0]!, 10);
    expectInterval(squared, sample.variance);
    const deviation = bca(
      sample.x.length,
      (at) => Math.sqrt(varianceAt(sample.x, at)!),
      new Xoshiro(1),
      resamples,
    );
    expect(deviation.value).toBeCloseTo(sample.sd[0]!, 10);
    expectInterval(deviation, sample.sd);
  });

  it.each(golden.pairs)('ratio of the $name pairs', (pair) => {
    const estimate = ratio(pair.y, pair.x, new Xoshiro(0), resamples);
    expect(estimate.value).toBeCloseTo(pair.ratio[0]!, 12);
    expectInterval(estimate, pair.ratio);
  });
});

describe('bca', () => {
  const values = golden.samples[0]!.x;

  it('gives the same interval for the same seed and another for another', () => {
    expect(variance(values, new Xoshiro(5))).toEqual(variance(values, new Xoshiro(5)));
    expect(variance(values, new Xoshiro(5)).low).not.toBe(variance(values, new Xoshiro(6)).low);
  });

  it('says why there is no interval', () => {
    const random = new Xoshiro(0);
    expect(variance([1, 2, 3], random).reason).toContain('at least 10 items');
    expect(variance([1], random)).toMatchObject({
      value: null,
      reason: 'the statistic is undefined for these items',
    });
    expect(variance(new Array(12).fill(4), random)).toMatchObject({ value: 0, low: null });
    expect(bca(0, () => 1, random).reason).toBe('there are no items');
    const needsFirst = (at: Uint32Array) => (at.includes(0) ? at[0]! : null);
    expect(bca(12, needsFirst, random).reason).toBe('the statistic is undefined without the item at index 0');
    const needsSpread = (at: Uint32Array) =>
      new Set(at).size > 7 ? at.reduce((sum, i) => sum + i, 0) : null;
    expect(bca(12, needsSpread, random).reason).toMatch(
      /^the statistic is undefined in \d+ of 4000 resamples$/,
    );
    const largest = (at: Uint32Array) =>
      at.reduce((most, i) => Math.max(most, i), 0) - 0.5 * new Set(at).size;
    expect(bca(30, (at) => -largest(at) * new Set(at).size, random).low).toBeNull();
  });

  it('refuses too few resamples', () => {
    expect(() => variance(values, new Xoshiro(0), 50)).toThrow('invalid "resamples"');
  });
});

describe('ratio', () => {
  it('is null where the denominator may be 0', () => {
    const around = [1, -1, 2, -2, 1, -1, 2, -2, 1, -1, 1];
    expect(ratio(around, around, new Xoshiro(0))).toMatchObject({ value: null, low: null });
    expect(ratio(around, around, new Xoshiro(0)).reason).toContain('not above 0');
    expect(ratio([1, 2], [1, 2], new Xoshiro(0)).reason).toContain('at least 10 items');
    expect(() => ratio([1], [1, 2], new Xoshiro(0))).toThrow('differ in length');
  });

  it('keeps items paired: of proportional arrays every resample gives the same ratio', () => {
    const bottom = Array.from({ length: 12 }, (_, i) => i + 1);
    const { value, low, reason } = ratio(
      bottom.map((x) => 2 * x),
      bottom,
      new Xoshiro(0),
    );
    expect(value).toBe(2);
    expect(low).toBeNull();
    expect(reason).toBe('the statistic does not depend on any one item');
  });
});
