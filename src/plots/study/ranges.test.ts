import { describe, expect, it } from 'vitest';
import { domainOf, percentTick } from '../ranges.ts';
import { quantileOf, robustDomain, roundTicks, shareDomain, within } from './ranges.ts';

it('interpolates quantiles between ordered values', () => {
  expect(quantileOf([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantileOf([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantileOf([7], 0.9)).toBe(7);
  expect(quantileOf([], 0.5)).toBeNull();
});

describe('domains', () => {
  it('hold all values with room, and what must be in', () => {
    expect(domainOf([1, 2], [0])).toEqual([-0.08, 2.08]);
    expect(domainOf([null, undefined, 3])).toEqual([2.88, 3.12]);
    expect(domainOf([])).toEqual([0, 1]);
  });

  it('end before a value far out', () => {
    const [low, high] = robustDomain([1, 2, 3, 4, 1000]);
    expect(low).toBeLessThan(1);
    expect(high).toBeLessThan(10);
    expect(within(1000, [low, high])).toBe(high);
  });

  it('of shares reach the largest upper end, and 30 % at least', () => {
    expect(shareDomain([{ value: 0.1, high: 0.2 }])[1]).toBeCloseTo(0.312);
    expect(shareDomain([{ value: 0.5, high: 0.75 }, null])[1]).toBeCloseTo(0.78);
    expect(shareDomain([{ value: 1, high: 1 }])[1]).toBe(1.02);
  });
});

describe('roundTicks', () => {
  it.each([
    [[0, 1], 6, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[-1.3, 2.2], 4, [-1, 0, 1, 2]],
    [[-0.02, 1.02], 3, [0, 0.5, 1]],
    [[0, 31], 12, [0, 5, 10, 15, 20, 25, 30]],
  ] as [[number, number], number, number[]][])('of %j, %d at most', (domain, most, ticks) => {
    const found = roundTicks(domain, most);
    expect(found.length).toBe(ticks.length);
    for (const [k, tick] of found.entries()) expect(tick).toBeCloseTo(ticks[k]!, 12);
  });

  it('never gives more than asked for', () => {
    for (const most of [2, 3, 5, 9]) {
      for (const domain of [
        [-3.7, 11],
        [0.013, 0.0191],
        [-1e5, 4e6],
      ] as [number, number][]) {
        expect(roundTicks(domain, most).length).toBeLessThanOrEqual(most);
      }
    }
  });
});

it('writes shares as per cent', () =>
  expect([0, 0.25, 0.125].map(percentTick)).toEqual(['0\u00a0%', '25\u00a0%', '12.5\u00a0%']));
