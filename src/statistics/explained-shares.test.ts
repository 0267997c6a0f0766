import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { explainedShares } from './explained-shares.ts';

const quick = { permutations: 1999 };

describe('explainedShares', () => {
  it.each(golden.shares)("agrees with statsmodels' OLS on a two-by-two layout (R² $both)", (expected) => {
    const letters = expected.a.map(Boolean);
    const words = expected.y.map(Boolean);
    const shares = explainedShares(expected.slopes, letters, words, new Xoshiro(0), quick);
    expect(shares.letter.value).toBeCloseTo(expected.letter, 12);
    expect(shares.word.value).toBeCloseTo(expected.both - expected.letter, 12);
    expect(shares.interaction.value).toBeCloseTo(expected.saturated - expected.both, 12);
    expect(shares.unexplained).toBeCloseTo(1 - expected.both, 12);
    expect(shares.shapley.letter).toBeCloseTo((expected.letter + expected.both - expected.word) / 2, 12);
    expect(shares.shapley.letter! + shares.shapley.word!).toBeCloseTo(expected.both, 12);
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
    expect(letterOnly.shapley).toEqual({ letter: letterOnly.letter.value, word: null });
    for (const { value, reason } of [letterOnly.word, letterOnly.interaction])
      expect([value, reason]).toEqual([null, 'there is no Yes/No word']);
    expect(letterOnly.cells.map(({ positiveIsYes }) => positiveIsYes)).toEqual([null, null]);
  });

  it('has p values near uniform where nothing is explained', () => {
    const pValues = Array.from({ length: 40 }, (_, seed) => {
      const random = new Xoshiro(seed);
      const slopes = Array.from({ length: 20 }, () => random.normal());
      const letters = slopes.map((_, i) => i % 2 === 0);
      return explainedShares(slopes, letters, null, random, { permutations: 99 }).permutation!.p;
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
    const shares = (...args: [number[], boolean[], boolean[] | null]) =>
      explainedShares(...args, random, quick);
    expect(shares([1, 1, 1, 1], letters, null).reason).toBe('the slopes do not vary');
    expect(shares(slopes, [true, true, true, true], null).reason).toBe('all items have the same level');
    const confounded = shares(slopes, letters, letters);
    expect(confounded.letter.reason).toContain('cannot be told');
    expect(confounded.word.reason).toContain('cannot be told');
    expect(shares(slopes, letters, [true, true, true, false]).interaction.reason).toBe(
      'a cell of letter x word is empty',
    );
    const constantWord = shares(slopes, letters, [true, true, true, true]);
    expect(constantWord.word.reason).toBe('all items have the same level');
    expect(constantWord.letter.value).toBeCloseTo(0.2, 12);
    expect(() => explainedShares(slopes, [true], null, random)).toThrow('differ in length');
  });
});
