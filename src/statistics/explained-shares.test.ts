import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { explainedShares } from './explained-shares.ts';

const quick = { resamples: 500, permutations: 1999 };

describe('explainedShares', () => {
  it.each(golden.shares)("agrees with statsmodels' OLS on a two-by-two layout (R² $both)", (expected) => {
    const letters = expected.a.map(Boolean);
    const words = expected.y.map(Boolean);
    const shares = explainedShares(expected.slopes, letters, words, new Xoshiro(0), quick);
    expect(shares.explainedLetter).toBeCloseTo(expected.letter, 12);
    expect(shares.marginalWord).toBeCloseTo(expected.both - expected.letter, 12);
    expect(shares.interaction).toBeCloseTo(expected.saturated - expected.both, 12);
    expect(shares.unexplained).toBeCloseTo(1 - expected.both, 12);
    expect(shares.shapley!.letter).toBeCloseTo((expected.letter + expected.both - expected.word) / 2, 12);
    expect(shares.shapley!.letter + shares.shapley!.word).toBeCloseTo(expected.both, 12);
    expect(shares.adjustedR2.value).toBeCloseTo(expected.adjusted, 12);
    expect(shares.adjustedR2.low!).toBeLessThan(expected.adjusted);
    // The F test's p is the limit of the permutations' up to the sampling error of 1999 of them.
    const error = 5 * Math.sqrt(Math.max(expected.f_p, 1e-3) / 1999);
    expect(Math.abs(shares.permutation!.p - expected.f_p)).toBeLessThan(error);
    expect(shares.permutation!.draws).toBe(1999);
    expect(shares.cells).toHaveLength(4);
    expect(shares.cells.reduce((sum, { slope }) => sum + slope.n, 0)).toBe(expected.slopes.length);

    const letterOnly = explainedShares(expected.slopes, letters, null, new Xoshiro(0), quick);
    expect(letterOnly.adjustedR2.value).toBeCloseTo(expected.adjusted_letter, 12);
    expect(letterOnly).toMatchObject({ marginalWord: null, interaction: null, shapley: null });
    expect(letterOnly.cells.map(({ positiveIsYes }) => positiveIsYes)).toEqual([null, null]);
  });

  it('has p values near uniform where nothing is explained', () => {
    const pValues = Array.from({ length: 40 }, (_, seed) => {
      const random = new Xoshiro(seed);
      const slopes = Array.from({ length: 20 }, () => random.normal());
      const letters = slopes.map((_, i) => i % 2 === 0);
      return explainedShares(slopes, letters, null, random, { resamples: 100, permutations: 99 }).permutation!
        .p;
    });
    const average = pValues.reduce((sum, p) => sum + p, 0) / pValues.length;
    // The mean of 40 uniforms has a standard deviation of 0.046.
    expect(Math.abs(average - 0.5)).toBeLessThan(0.18);
  });

  it('counts a permutation that changes nothing as one as large: two values, one letter each', () => {
    const slopes = [1, 1, 1, 2, 2, 2];
    const letters = [true, true, true, false, false, false];
    // Of the 20 ways to put three 2s into six places, 2 separate the letters wholly: p tends to 0.1.
    const { permutation } = explainedShares(slopes, letters, null, new Xoshiro(1), { permutations: 4999 });
    expect(permutation!.p).toBeGreaterThan(0.085);
    expect(permutation!.p).toBeLessThan(0.115);
  });

  it('says why it is null', () => {
    const slopes = [1, 2, 3, 4];
    const random = new Xoshiro(0);
    const letters = [true, false, true, false];
    const reason = (...args: [number[], boolean[], boolean[] | null]) =>
      explainedShares(...args, random, quick).reason;
    expect(reason([1, 1, 1, 1], letters, null)).toBe('the slopes do not vary');
    expect(reason(slopes, [true, true, true, true], null)).toContain('the same letter in all items');
    expect(reason(slopes, letters, letters)).toContain('cannot be told apart');
    expect(reason(slopes, letters, [true, true, true, false])).toBe('a cell of A x Y is empty');
    expect(() => explainedShares(slopes, [true], null, random)).toThrow('differ in length');
  });
});
