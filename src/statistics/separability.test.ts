import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import study from '../../test/golden/study-statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { crossValidatedSeparability } from './cross-validated-separability.ts';
import { directionalAgreement } from './directional-agreement.ts';
import { separability } from './separability.ts';

describe('separability', () => {
  it.each(golden.separability)(
    "agrees with numpy's d', scipy's Mann-Whitney and Kolmogorov-Smirnov",
    (expected) => {
      const { dPrime, rocAuc, overlap } = separability(expected.positive, expected.negative);
      expect(Math.abs(dPrime.value!)).toBeCloseTo(expected.d_prime, 12);
      expect(rocAuc.value).toBeCloseTo(expected.auc, 12);
      expect(overlap.value).toBeCloseTo(expected.overlap, 12);
    },
  );

  it.each(study.sides)('has the intervals that comparing all pairs in numpy gives, $name', (expected) => {
    const actual = separability(expected.positive, expected.negative);
    for (const [estimate, ends] of [
      [actual.dPrime, expected.d_prime],
      [actual.rocAuc, expected.auc],
      [actual.overlap, expected.overlap],
    ] as const) {
      for (const [i, end] of [estimate.value, estimate.low, estimate.high].entries())
        expect(end).toBeCloseTo(ends[i]!, 9);
    }
  });

  it('turns about when the sides change places', () => {
    const { positive, negative } = study.sides[1]!;
    const [there, back] = [separability(positive, negative), separability(negative, positive)];
    expect(back.dPrime.low).toBeCloseTo(-there.dPrime.high!, 12);
    expect(back.rocAuc.low).toBeCloseTo(1 - there.rocAuc.high!, 12);
    expect(back.overlap.value).toBeCloseTo(there.overlap.value!, 12);
  });

  it('says why there is no value or no interval', () => {
    expect(separability([1], [2])).toMatchObject({ dPrime: { value: null }, overlap: { value: null } });
    expect(separability([1], [2]).rocAuc).toMatchObject({ value: 0, low: null });
    const still = separability([1, 1], [0, 0]);
    expect(still).toMatchObject({ dPrime: { value: null }, rocAuc: { value: 1 }, overlap: { value: 0 } });
    expect(still.dPrime.reason).toContain('neither side varies');
    expect(separability([], []).rocAuc.reason).toBe('there are no pairs');
    expect(() => separability([1], [1, 2])).toThrow('differ in number');
    expect(() => separability([Number.NaN], [1])).toThrow('not finite');
  });
});

describe('crossValidatedSeparability', () => {
  const width = 64;

  it('sees nothing in noise, where the same pairs scored in sample would give a d prime of about 4', () => {
    const values = Array.from({ length: 20 }, (_, seed) => {
      const { positive, negative } = pairs(48, 0, seed);
      return crossValidatedSeparability(positive, negative).dPrime!;
    });
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(average)).toBeLessThan(0.15);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1);
  });

  it('finds a planted difference at its size, a large common mean notwithstanding', () => {
    // Unit noise, means 4 apart along one axis: d' is 4, less what 160 training pairs leave of the line's error.
    const { positive, negative } = pairs(200, 4, 1);
    const { dPrime, n, folds } = crossValidatedSeparability(positive, negative);
    expect(dPrime).toBeGreaterThan(3.6);
    expect(dPrime).toBeLessThan(4.4);
    expect([n, folds]).toEqual([200, 5]);
  });

  it('says why it is null', () => {
    const { positive, negative } = pairs(12, 1, 2);
    expect(crossValidatedSeparability(positive.slice(0, 9), negative.slice(0, 9)).reason).toBe(
      '5 folds need 10 pairs; there are 9',
    );
    expect(crossValidatedSeparability(positive, positive).reason).toBe('the mean difference of a fold is 0');
    expect(() => crossValidatedSeparability(positive, negative.slice(1))).toThrow('differ in number');
    expect(() => crossValidatedSeparability(positive, negative, 1)).toThrow('invalid "folds"');
  });

  function pairs(
    count: number,
    distance: number,
    seed: number,
  ): { positive: Float32Array[]; negative: Float32Array[] } {
    const random = new Xoshiro(seed);
    const make = (shift: number) =>
      Array.from({ length: count }, () =>
        Float32Array.from({ length: width }, (_, k) => 50 + random.normal() + (k === 3 ? shift : 0)),
      );
    return { positive: make(distance), negative: make(0) };
  }
});

describe('directionalAgreement', () => {
  it('averages cosines and leaves out differences without direction', () => {
    const differences = [
      Float32Array.of(2, 0),
      Float32Array.of(0, 3),
      Float32Array.of(0, 0),
      Float32Array.of(-1, 0),
    ];
    expect(directionalAgreement(differences, Float32Array.of(5, 0))).toMatchObject({ value: 0, n: 3 });
    expect(directionalAgreement(differences, Float32Array.of(0, 0)).value).toBeNull();
  });
});
