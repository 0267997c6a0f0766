import { describe, expect, it } from 'vitest';
import {
  areApart,
  countOf,
  formatBeside,
  formatEstimate,
  formatMultiplier,
  formatNumber,
  formatP,
  formatShare,
  formatShareEstimate,
  formatTick,
  sayIntervals,
} from './format-number.ts';

const estimate = (value: number | null, low: number | null, high: number | null, n = 60) => ({
  value,
  low,
  high,
  n,
  method: 't interval',
  reason: null,
});

describe('formatNumber', () => {
  it.each([
    [4.6183, '4.62'],
    [-4.6183, '−4.62'],
    [123.4, '123'],
    [12.34, '12.3'],
    [0.048, '0.0480'],
    [0, '0'],
    [-0, '0'],
    [0.00001, '1.0e−5'],
    [null, 'not known'],
  ])('writes %s as %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

describe('formatEstimate', () => {
  it('gives value and interval the same decimals', () => {
    expect(formatEstimate(estimate(4.618, -0.3, 12.91))).toBe('4.6 (−0.3 to 12.9)');
  });
  it('takes given decimals for ratios and correlations', () => {
    expect(formatEstimate(estimate(0.851, 0.7384, 1.02), 2)).toBe('0.85 (0.74 to 1.02)');
    expect(formatEstimate(estimate(0.5, null, null), 2)).toBe('0.50');
  });
  it('gives the value alone without an interval, and says so without a value', () => {
    expect(formatEstimate(estimate(4.618, null, null))).toBe('4.62');
    expect(formatEstimate(estimate(null, null, null))).toBe('not known');
  });
});

describe('formatBeside', () => {
  it.each([
    [-0.0561, 1.51, '−0.06'],
    [1.5, 22.1, '1.5'],
    [-0.001, 1.5, '0.00'],
  ])('writes %s beside %s as %s', (value, largest, text) => expect(formatBeside(value, largest)).toBe(text));
});

describe('shares', () => {
  it('are per cent with one decimal, whole at the ends', () => {
    expect(formatShare(1 / 12)).toBe('8.3\u00a0%');
    expect(formatShare(1)).toBe('100\u00a0%');
    expect(formatShareEstimate(estimate(0, 0, 0.0602))).toBe('0\u00a0% (0 to 6.0\u00a0%)');
  });
  it('give back the whole number of items', () => {
    expect(countOf(estimate(5 / 60, null, null))).toBe(5);
    expect(countOf(estimate(29 / 49, null, null, 49))).toBe(29);
  });
});

describe('intervals', () => {
  it('are said, and said to be missing', () => {
    expect(sayIntervals([estimate(1, null, null), estimate(1, 0, 2)])).toBe('95 % interval');
    expect(sayIntervals([estimate(1, null, null)])).toBe('no intervals');
  });
  it('are apart where they share no value, unknown where one is missing', () => {
    expect(areApart(estimate(1, 0, 2), estimate(4, 3, 5))).toBe(true);
    expect(areApart(estimate(4, 3, 5), estimate(1, 0, 2))).toBe(true);
    expect(areApart(estimate(1, 0, 3), estimate(4, 3, 5))).toBe(false);
    expect(areApart(estimate(1, null, null), estimate(4, 3, 5))).toBeNull();
  });
});

describe('small forms', () => {
  it('sign multipliers and shorten ticks', () => {
    expect([1.5, 0, -1].map(formatMultiplier)).toEqual(['+1.5', '0', '−1']);
    expect([0.1 + 0.2, -2.5, 0].map(formatTick)).toEqual(['0.3', '−2.5', '0']);
  });
  it('give a p value two significant digits', () => expect(formatP(1 / 21)).toBe('0.048'));
});
