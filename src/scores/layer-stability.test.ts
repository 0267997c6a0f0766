import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../math/xoshiro.ts';
import { layerStability } from './layer-stability.ts';

describe('layerStability', () => {
  const flat = (value: number) => new Array<number>(12).fill(value);

  it('is certain where one layer is above the others in every item', () => {
    const stability = layerStability(
      [
        { layer: 3, slopes: flat(1) },
        { layer: 5, slopes: flat(2) },
      ],
      new Xoshiro(0),
    );
    expect(stability).toMatchObject({
      chosen: 5,
      shareOfChosen: 1,
      likely: [5],
      n: 12,
      resamples: 1000,
      reason: null,
    });
    expect(stability.shares).toEqual([
      { layer: 3, share: 0 },
      { layer: 5, share: 1 },
    ]);
  });

  it('gives the share by the binomial where one item decides: drawn twice or more', () => {
    // Layer 7 stands at 1. Layer 9 holds 600 in one item of twelve: drawn k times, its mean is 50k, its variance
    // 600²·(k/12)(1 - k/12)·12/11, so that mean less standard error is 0 for k <= 1 and 33 or more from k = 2 on.
    // P(k >= 2) = 1 - (11/12)^12 - (11/12)^11 = 0.264, with a standard error of 0.007 in 4000 resamples.
    const nine = [600, ...new Array<number>(11).fill(0)];
    const { shares } = layerStability(
      [
        { layer: 7, slopes: flat(1) },
        { layer: 9, slopes: nine },
      ],
      new Xoshiro(1),
      4000,
    );
    expect(shares[1]!.share).toBeGreaterThan(0.264 - 0.021);
    expect(shares[1]!.share).toBeLessThan(0.264 + 0.021);
  });

  it('draws items jointly: layers that differ by a constant never change places', () => {
    const random = new Xoshiro(2);
    const slopes = Array.from({ length: 30 }, () => 5 * random.normal());
    const { shareOfChosen } = layerStability(
      [
        { layer: 1, slopes },
        { layer: 2, slopes: slopes.map((slope) => slope + 0.01) },
      ],
      new Xoshiro(3),
    );
    expect(shareOfChosen).toBe(1);
  });

  it('keeps the smallest set that holds 95 %', () => {
    const random = new Xoshiro(4);
    const alike = [8, 4, 6].map((layer) => ({
      layer,
      slopes: Array.from({ length: 40 }, () => random.normal()),
    }));
    const low = { layer: 2, slopes: alike[0]!.slopes.map((slope) => slope - 10) };
    const { likely, shares } = layerStability([...alike, low], new Xoshiro(5));
    expect(likely).not.toContain(2);
    expect([...likely].sort((a, b) => a - b)).toEqual(likely);
    const held = shares.filter(({ layer }) => likely.includes(layer)).map(({ share }) => share);
    const total = held.reduce((sum, share) => sum + share, 0);
    expect(total).toBeGreaterThanOrEqual(0.95);
    expect(total - Math.min(...held)).toBeLessThan(0.95);
  });

  it('leaves out items without a slope, and says why it is null', () => {
    const gaps = layerStability([{ layer: 1, slopes: [null, ...flat(1).slice(1)] }], new Xoshiro(0));
    expect(gaps).toMatchObject({ chosen: 1, shareOfChosen: 1 });
    expect(layerStability([{ layer: 1, slopes: [1, 2, 3] }], new Xoshiro(0))).toMatchObject({
      chosen: 1,
      likely: [],
    });
    expect(layerStability([{ layer: 1, slopes: flat(1).map(() => null) }], new Xoshiro(0)).reason).toContain(
      'no layer',
    );
    expect(layerStability([], new Xoshiro(0)).reason).toContain('at least 10 validation items; there are 0');
    const uneven = [
      { layer: 1, slopes: [1] },
      { layer: 2, slopes: [1, 2] },
    ];
    expect(() => layerStability(uneven, new Xoshiro(0))).toThrow('differ in the number of items');
    expect(() => layerStability([], new Xoshiro(0), 0)).toThrow('invalid "resamples"');
  });
});
