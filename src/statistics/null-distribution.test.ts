import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { minimalDetectableSlope } from './minimal-detectable-slope.ts';
import { countingPValue, tailPValue } from './null-distribution.ts';

describe('countingPValue', () => {
  it('counts two-sided, ties included, and the observed one itself', () => {
    expect(countingPValue(2, [0.1, -3, 2, -2, 1])).toEqual({ p: 4 / 6, draws: 5, reason: null });
    expect(countingPValue(-9, new Array(20).fill(1))).toMatchObject({ p: 1 / 21, draws: 20 });
  });

  it('is null without draws', () => {
    expect(countingPValue(1, [])).toMatchObject({ p: null, draws: 0, reason: 'there are no null draws' });
  });
});

describe('tailPValue', () => {
  it('is the two-sided t tail, from the printed table: t(0.975, 10) = 2.228, t(0.995, 10) = 3.169', () => {
    const unit = [1, -1, 1, -1, 1, -1, 1, -1, 1, -1];
    expect(tailPValue(2.2281388519649385, unit).p).toBeCloseTo(0.05, 8);
    expect(tailPValue(-3.169272667175838, unit).p).toBeCloseTo(0.01, 8);
    expect(
      tailPValue(
        2 * 2.2281388519649385,
        unit.map((draw) => 2 * draw),
      ).p,
    ).toBeCloseTo(0.05, 8);
  });

  it('is null below ten draws or without spread', () => {
    expect(tailPValue(1, [1, 2]).reason).toContain('at least 10 null draws');
    expect(tailPValue(1, new Array(10).fill(0)).reason).toBe('all null draws are 0');
  });
});

describe('minimalDetectableSlope', () => {
  it('follows from the printed t table: t(0.975, 9) = 2.2622, t(0.8, 9) = 0.8834', () => {
    // 1..10 has sd 3.027650; divided by √10 that is 0.957427.
    const { halfWidth, atPower80, n } = minimalDetectableSlope([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(halfWidth).toBeCloseTo(2.262157 * 0.957427, 5);
    expect(atPower80).toBeCloseTo((2.262157 + 0.883404) * 0.957427, 5);
    expect(n).toBe(10);
  });

  it('is null for a single slope', () => {
    expect(minimalDetectableSlope([1])).toMatchObject({ halfWidth: null, atPower80: null, n: 1 });
  });
});

describe('benjaminiHochberg', () => {
  it.each(golden.benjamini_hochberg)("agrees with statsmodels' fdr_bh", ({ p, adjusted }) => {
    const actual = benjaminiHochberg(p);
    for (const [i, value] of adjusted.entries()) expect(actual[i]).toBeCloseTo(value, 14);
  });

  it('refuses what is no p value', () => {
    expect(() => benjaminiHochberg([0.5, 1.2])).toThrow('not in [0, 1] at index 1');
  });
});
