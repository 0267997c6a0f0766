import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { explainedShares } from './explained-shares.ts';
import { letterWithinItems } from './letter-within-items.ts';
import { mean } from './mean.ts';
import { varianceOf } from './moments.ts';

describe('letterWithinItems', () => {
  it('agrees with numpy: shares and their jackknife intervals', () => {
    const { a, b, share, specific, root } = golden.letters;
    const parts = letterWithinItems(a, b);
    const ends = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }) =>
      [value, low, high].map((end) => expect.closeTo(end!, 10));
    expect(share).toEqual(ends(parts.letterShare));
    expect(specific).toEqual(ends(parts.specificShare));
    expect(parts.commonShare.value).toBeCloseTo(root[0]! ** 2, 12);
    expect(parts.commonShare.low).toBeCloseTo(root[1]! ** 2, 10);
    expect(parts.commonShare.high).toBeCloseTo(root[2]! ** 2, 10);
    expect(parts.commonShare.value! + parts.specificShare.value!).toBeCloseTo(parts.letterShare.value!, 12);
    expect(parts.meanContent).toEqual(mean(a.map((value, i) => (value + b[i]!) / 2)));
    expect(parts.meanLetter).toEqual(mean(a.map((value, i) => (value - b[i]!) / 2)));
  });

  it('takes two slopes apart by hand, and leaves out items with one', () => {
    const parts = letterWithinItems([2, 3, null, -1], [0, 1, 5, -3]);
    expect(parts).toMatchObject({ n: 3, leftOut: 1, content: [1, 2, null, -2], letter: [1, 1, null, 1] });
    expect(parts.antiSteerableContent.value).toBeCloseTo(1 / 3, 12);
    // Var(c) of 1, 2, -2 is 13/3; E[l²] is 1, all of it common.
    expect(parts.letterShare.value).toBeCloseTo(3 / 16, 12);
    expect(parts.commonShare.value).toBeCloseTo(3 / 16, 12);
    expect(parts.specificShare.value).toBe(0);
  });

  it('is what lettering items by a coin does to the variance, of which a regression sees the common part', () => {
    const random = new Xoshiro(7);
    const n = 1000;
    const content = Array.from({ length: n }, () => 1 + random.normal());
    const letter = Array.from({ length: n }, () => 0.8 + 0.6 * random.normal());
    const parts = letterWithinItems(
      content.map((c, i) => c + letter[i]!),
      content.map((c, i) => c - letter[i]!),
    );
    const heads = content.map(() => random.uniform() < 0.5);
    const lettered = content.map((c, i) => c + (heads[i] ? 1 : -1) * letter[i]!);
    // Planted: E[l²] = 0.64 + 0.36 = 1, Var(c) = 1: half the variance is letter, 0.32 of it common.
    expect(varianceOf(lettered)).toBeCloseTo(2, 0);
    expect(parts.letterShare.value).toBeCloseTo(0.5, 1);
    const between = explainedShares(lettered, heads, null, random, { permutations: 0 });
    expect(Math.abs(between.letter.value! - parts.commonShare.value!)).toBeLessThan(0.05);
    expect(parts.commonShare.value).toBeGreaterThan(0.27);
    expect(parts.commonShare.value).toBeLessThan(0.37);
  });

  it('says why it is null', () => {
    expect(letterWithinItems([1], [2]).reason).toBe(
      'a share needs at least two items with both slopes; there are 1',
    );
    expect(letterWithinItems([0, 0], [0, 0])).toMatchObject({
      letterShare: { value: null },
      reason: 'the slopes do not vary',
    });
    expect(() => letterWithinItems([1], [])).toThrow('differ in length');
    expect(() => letterWithinItems([Number.NaN], [1])).toThrow('not finite');
  });
});
