import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../math/xoshiro.ts';
import { quantileOfClusters } from './clusters.ts';
import { equalDamage } from './equal-damage.ts';
import { equalDamageOfTexts } from './equal-damage-of-texts.ts';

describe('equalDamage', () => {
  it('is exact for a power of the multiplier, which is a straight line on these scales', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.double({ min: 0.6, max: 3, noNaN: true }),
        (factor, power) => {
          const at = (limit: number) => (limit / factor) ** (1 / power);
          const multipliers = [3, 0.25, 0, 0.5, 1, 2];
          const limit = factor * 1.3 ** power;
          const { multiplier, between, monotonic } = equalDamage(
            multipliers,
            multipliers.map((lambda) => factor * lambda ** power),
            limit,
          );
          expect(multiplier).toBeCloseTo(at(limit), 9);
          expect(between).toEqual([1, 2]);
          expect(monotonic).toBe(true);
        },
      ),
    );
  });

  it('takes the first crossing where damage is not monotonic, and says so', () => {
    const { multiplier, between, monotonic, reason } = equalDamage([0.5, 1, 1.5, 2], [0.25, 4, 0.5, 8]);
    // From 0.25 to 4 by a factor of 16, half of it on the log scale: √(0.5·1).
    expect(multiplier).toBeCloseTo(Math.SQRT1_2, 12);
    expect([between, monotonic]).toEqual([[0.5, 1], false]);
    expect(reason).toBe('damage does not rise with every step; this is where it first reaches 1');
    expect(equalDamage([1, 2], [1, 2])).toEqual({
      multiplier: 1,
      between: null,
      monotonic: true,
      reason: null,
    });
  });

  it('says why there is none', () => {
    const reason = (multipliers: number[], damage: (number | null)[]) => {
      const result = equalDamage(multipliers, damage);
      expect(result.multiplier).toBeNull();
      return result.reason;
    };
    expect(reason([0.5, 1], [0.1, 0.4])).toBe('damage stays below 1 up to multiplier 1');
    expect(reason([0.5, 1], [2, 4])).toBe('damage is above 1 already at the smallest multiplier, 0.5');
    expect(reason([0.5, 1, 2], [0.1, null, 4])).toBe('damage was not measured at multiplier 1');
    expect(reason([0.5, 1], [0.1, Infinity])).toBe('damage at multiplier 1 is not finite: Infinity');
    expect(reason([0.5, 1], [Number.NaN, 4])).toBe('damage at multiplier 0.5 is not finite: NaN');
    expect(reason([0.5, 1], [0, 4])).toBe('damage at multiplier 0.5 is not above 0: 0');
    expect(reason([0], [0])).toBe('no multiplier above 0 was tested');
    // What comes after the crossing does not matter to it.
    expect(equalDamage([0.5, 1, 2], [0.25, 4, null])).toMatchObject({ monotonic: null, reason: null });
  });

  it('refuses wrong use', () => {
    expect(() => equalDamage([1], [])).toThrow('differ in length');
    expect(() => equalDamage([-1], [1])).toThrow('invalid "multipliers"; not a number from 0 on: -1');
    expect(() => equalDamage([1, 1], [1, 1])).toThrow('occurs twice');
    expect(() => equalDamage([1], [1], 0)).toThrow('invalid "limit"');
  });
});

describe('equalDamageOfTexts', () => {
  const random = new Xoshiro(0);
  const texts = Array.from({ length: 15 }, () =>
    Float64Array.from({ length: 60 }, () => Math.exp(0.3 * random.normal())),
  );
  const multipliers = [0.25, 0.5, 1, 2];
  const damage = multipliers.map((lambda) => texts.map((text) => text.map((x) => lambda ** 2 * x)));

  it('inverts the interval of the quantile: exactly, where damage is a square times the same texts', () => {
    const { value, low, high } = quantileOfClusters(texts, 0.95);
    const at = equalDamageOfTexts(multipliers, damage);
    expect(at.value).toBeCloseTo(value! ** -0.5, 12);
    expect(at.low).toBeCloseTo(high! ** -0.5, 12);
    expect(at.high).toBeCloseTo(low! ** -0.5, 12);
    expect(at).toMatchObject({ n: 15, reason: null });
  });

  it('says why there is no value, or no interval', () => {
    expect(equalDamageOfTexts(multipliers, damage, { limit: 100 }).reason).toContain('stays below 100');
    const { value, low } = quantileOfClusters(damage[3]!, 0.95);
    const close = equalDamageOfTexts(multipliers, damage, { limit: (value! + low!) / 2 });
    expect(close).toMatchObject({ low: null, high: null });
    expect(close.reason).toContain('the lower bound of damage stays below');
    expect(
      equalDamageOfTexts(
        multipliers,
        damage.map((all) => all.slice(0, 5)),
      ).reason,
    ).toContain('the upper bound of damage was not measured at multiplier 0.25');
    expect(equalDamageOfTexts([], []).reason).toBe('no multiplier above 0 was tested');
  });
});
