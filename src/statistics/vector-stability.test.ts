import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../math/xoshiro.ts';
import { vectorStability } from './vector-stability.ts';

const width = 400;

/** Differences with unit noise in every component and one planted component. */
function differences(n: number, planted: number, seed: number): Float32Array[] {
  const random = new Xoshiro(seed);
  return Array.from({ length: n }, () =>
    Float32Array.from({ length: width }, (_, k) => random.normal() + (k === 7 ? planted : 0)),
  );
}

describe('vectorStability', () => {
  it('has the cosines that follow from the lengths: 1/√(1 + S/(n|v|²)), and n|limit|²/(n|limit|² + S) with the limit', () => {
    // S is the width; with n = 50 and a planted 4, n|limit|² is 800: cos² with the limit 800/1200.
    const given = differences(50, 4, 1);
    const { cosineWithLimit, meanCosine, lowCosine, n } = vectorStability(given, new Xoshiro(0));
    expect(cosineWithLimit.value).toBeCloseTo(Math.sqrt(2 / 3), 1);
    expect(cosineWithLimit.low!).toBeLessThan(Math.sqrt(2 / 3));
    expect(cosineWithLimit.high!).toBeGreaterThan(Math.sqrt(2 / 3));
    // The resampled vector is v plus noise of length² S/n, and n|v|² is 1200 here.
    expect(meanCosine).toBeCloseTo(1 / Math.sqrt(1 + 400 / 1200), 1);
    expect(lowCosine!).toBeLessThan(meanCosine!);
    expect(n).toBe(50);
  });

  it('shows that of pure noise resampled vectors still agree by 0.71, and that nothing is left with fresh pairs', () => {
    const runs = Array.from({ length: 10 }, (_, seed) =>
      vectorStability(differences(30, 0, seed), new Xoshiro(seed), 50),
    );
    const average = runs.reduce((sum, { meanCosine }) => sum + meanCosine! / 10, 0);
    expect(average).toBeCloseTo(Math.SQRT1_2, 1);
    expect(runs.filter(({ cosineWithLimit }) => cosineWithLimit.low! > 0).length).toBeLessThanOrEqual(1);
  });

  it('agrees with leaving pairs out one by one, without the shortcut through sums', () => {
    const given = differences(12, 6, 3);
    const squaredCosine = (kept: Float32Array[]) => {
      const m = kept.length;
      const mean = Float64Array.from({ length: width }, (_, k) =>
        kept.reduce((sum, d) => sum + d[k]! / m, 0),
      );
      const length = mean.reduce((sum, x) => sum + x * x, 0);
      const spread =
        kept.reduce((sum, d) => sum + d.reduce((s, x, k) => s + (x - mean[k]!) ** 2, 0), 0) / (m - 1);
      const signal = 12 * (length / spread - 1 / m);
      return signal / (1 + signal);
    };
    const place = (kept: Float32Array[]) => -Math.log(1 - squaredCosine(kept));
    const pseudo = given.map((_, left) => 12 * place(given) - 11 * place(given.filter((_, i) => i !== left)));
    const centre = pseudo.reduce((sum, x) => sum + x / 12, 0);
    const error = Math.sqrt(pseudo.reduce((sum, x) => sum + (x - centre) ** 2, 0) / 11 / 12);
    const { cosineWithLimit } = vectorStability(given, new Xoshiro(0), 1);
    expect(cosineWithLimit.value).toBeCloseTo(Math.sqrt(squaredCosine(given)), 9);
    // t(0.975, 11) = 2.200985, from the printed table.
    expect(cosineWithLimit.high).toBeCloseTo(Math.sqrt(1 - Math.exp(-(centre + 2.200985 * error))), 6);
  });

  it('is the same for the same seed, and null where it cannot be', () => {
    const given = differences(10, 3, 4);
    expect(vectorStability(given, new Xoshiro(2), 20)).toEqual(vectorStability(given, new Xoshiro(2), 20));
    expect(vectorStability(given.slice(1), new Xoshiro(2))).toMatchObject({ meanCosine: null, n: 9 });
    expect(vectorStability(new Array(10).fill([0, 0]), new Xoshiro(2)).reason).toBe(
      'the mean difference has length 0',
    );
    expect(vectorStability([], new Xoshiro(2)).reason).toContain('at least 10');
    expect(() => vectorStability(given, new Xoshiro(2), 0)).toThrow('invalid "resamples"');
  });
});
