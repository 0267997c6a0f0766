import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../math/xoshiro.ts';
import { mean } from './mean.ts';
import { multiplierRanges } from './multiplier-ranges.ts';

const multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

/** Items whose propensity is a λ + b λ³. */
function cubics(coefficients: [number, number][]): number[][] {
  return coefficients.map(([a, b]) => multipliers.map((lambda) => a * lambda + b * lambda ** 3));
}

describe('multiplierRanges', () => {
  it('gives the slopes of a cubic by hand: a + b Σλ⁴/Σλ² over each range', () => {
    // Σλ⁴/Σλ² is 1/4 up to 0.5, (2 + 1/8)/2.5 = 0.85 up to 1, and (10.125 + 2.125)/7 = 1.75 up to 1.5.
    const ranges = multiplierRanges(
      multipliers,
      cubics([
        [1, 2],
        [-1, 0.5],
      ]),
    );
    expect(ranges.map(({ limit }) => limit)).toEqual([0.5, 1, 1.5]);
    expect(ranges.map((range) => range.multipliers.length)).toEqual([3, 5, 7]);
    for (const [i, factor] of [0.25, 0.85, 1.75].entries()) {
      expect(ranges[i]!.slopes[0]).toBeCloseTo(1 + 2 * factor, 12);
      expect(ranges[i]!.slopes[1]).toBeCloseTo(-1 + 0.5 * factor, 12);
      expect(ranges[i]!.mean.value).toBeCloseTo(1.25 * factor, 12);
      expect(ranges[i]!.antiSteerable.value).toBe(0.5);
    }
  });

  it('compares with the whole range by rank, on items that have both slopes', () => {
    const random = new Xoshiro(1);
    const rows: (number | null)[][] = cubics(Array.from({ length: 14 }, () => [random.normal(), 0]));
    rows[0]![0] = null;
    rows[1]![3] = null;
    const [half, whole] = multiplierRanges(multipliers, rows, [0.5, 1.5]) as [
      ReturnType<typeof multiplierRanges>[0],
      ReturnType<typeof multiplierRanges>[0],
    ];
    expect([half.leftOut, whole.leftOut]).toEqual([1, 2]);
    expect(half.slopes[1]).toBeNull();
    expect(half.mean).toEqual(mean(half.slopes.filter((slope) => slope !== null)));
    // Straight lines keep their order in every range.
    expect([half.agreement.value, half.agreement.n]).toEqual([1, 12]);
  });

  it('says why a limit has no range', () => {
    const rows = [[1, 2, 3, 4]];
    const reasons = multiplierRanges([-1, 0, 0.5, 1], rows, [0.3, 0.5, 1, 2]).map(({ reason }) => reason);
    expect(reasons).toEqual([
      'fewer than three multipliers lie within ±0.3',
      'fewer than three multipliers lie within ±0.5',
      'the multipliers within ±1 are not symmetric about 0',
      'the multipliers within ±2 are not symmetric about 0',
    ]);
    const [beyond] = multiplierRanges([-1, 0, 1], [[0, 1, 2]], [1.5]);
    expect(beyond).toMatchObject({ slopes: [null], mean: { value: null }, leftOut: 1 });
    expect(beyond!.reason).toBe('no multiplier lies at 1.5; the range would be that of a smaller limit');
    expect(() => multiplierRanges([-1, 0, 1], [[1, 2]])).toThrow('differ in length');
  });
});
