import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import type { Estimate } from './estimate.ts';
import { explainedByFactors } from './explained-by-factors.ts';

const expected = golden.factors;
const { slopes } = expected;
const [letter, topic, word] = (['letter', 'topic', 'word'] as const).map((name) => ({
  name,
  levels: expected[name],
})) as [
  { name: string; levels: string[] },
  { name: string; levels: string[] },
  { name: string; levels: string[] },
];
const few = { permutations: 99 };

function expectEstimate({ value, low, high }: Estimate, [v, l, h]: number[]): void {
  expect(value).toBeCloseTo(v!, 10);
  expect(low).toBeCloseTo(Math.min(v!, l!), 8);
  expect(high).toBeCloseTo(Math.max(v!, h!), 8);
}

describe('explainedByFactors', () => {
  it("agrees with statsmodels' anova and scipy's noncentral F on three unbalanced factors", () => {
    const explained = explainedByFactors(slopes, [letter, topic, word], new Xoshiro(0), {
      permutations: 1999,
    });
    for (const [i, factor] of explained.factors.entries()) {
      expectEstimate(factor.share, [expected.shares[i]!, ...expected.intervals[i]!]);
      expect(factor.shapley).toBeCloseTo(expected.shapley[i]!, 10);
    }
    expectEstimate(explained.adjustedR2, expected.adjusted);
    expectEstimate(explained.interaction, expected.interaction);
    expect(explained.unexplained).toBeCloseTo(expected.unexplained, 10);
    const error = 5 * Math.sqrt(Math.max(expected.f_p, 1e-3) / 1999);
    expect(Math.abs(explained.permutation!.p - expected.f_p)).toBeLessThan(error);
    expect(
      explained.cells.map(({ levels, slope }) => [levels['letter'], levels['topic'], slope.n, slope.value]),
    ).toEqual(expected.cells.map(([a, t, n, m]) => [a, t, n, expect.closeTo(m as number, 10)]));
    const large = explained.cells.findIndex(({ slope }) => slope.n >= 10);
    expect(explained.cells[large]!.slope.low).toBeCloseTo(expected.cells[large]![4] as number, 8);
    expect(explained.reason).toBeNull();
  });

  it('gives Shapley shares that do not depend on the order, and sequential ones that do', () => {
    const there = explainedByFactors(slopes, [letter, topic, word], new Xoshiro(0), few);
    const back = explainedByFactors(slopes, [word, topic, letter], new Xoshiro(0), few);
    for (const [i, { shapley }] of there.factors.entries())
      expect(back.factors[2 - i]!.shapley).toBeCloseTo(shapley!, 12);
    expect(back.factors[2]!.share.value).not.toBeCloseTo(there.factors[0]!.share.value!, 4);
    expect(back.adjustedR2.value).toBeCloseTo(there.adjustedR2.value!, 12);
  });

  it('leaves out a factor with a missing level or a single one, and gives the others', () => {
    const gap = { name: 'gap', levels: [null, ...word.levels.slice(1)] };
    const same = { name: 'same', levels: slopes.map(() => 'x') };
    const { factors, interaction } = explainedByFactors(
      slopes,
      [gap, letter, same, topic],
      new Xoshiro(0),
      few,
    );
    expect(factors.map(({ share }) => share.reason)).toEqual([
      '1 of 70 items have no level',
      null,
      'all items have the same level',
      null,
    ]);
    const alone = explainedByFactors(slopes, [letter, topic], new Xoshiro(0), few);
    expect(factors[1]).toEqual(alone.factors[0]);
    expect(interaction).toEqual(alone.interaction);
  });

  it('keeps confounded factors in the model, but gives neither a share', () => {
    const copy = { name: 'copy', levels: letter.levels.map((level) => (level === 'A' ? 'left' : 'right')) };
    const confounded = explainedByFactors(slopes, [letter, copy, topic], new Xoshiro(0), few);
    const reason = 'its levels follow from those of the other factors, so its share cannot be told';
    expect(confounded.factors.map(({ share }) => share.reason)).toEqual([reason, reason, null]);
    expect(confounded.factors[0]!.shapley).toBeNull();
    const clean = explainedByFactors(slopes, [letter, topic], new Xoshiro(0), few);
    expect(confounded.adjustedR2.value).toBeCloseTo(clean.adjustedR2.value!, 12);
    expect(confounded.unexplained).toBeCloseTo(clean.unexplained!, 12);
    expect(confounded.factors[2]!.share.value).toBeCloseTo(clean.factors[1]!.share.value!, 12);
    // A factor nested in a finer one: only the coarse one follows.
    const fine = {
      name: 'fine',
      levels: topic.levels.map((level, i) => (level === 'art' ? `art${i % 2}` : level)),
    };
    const nested = explainedByFactors(slopes, [topic, fine], new Xoshiro(0), few);
    expect(nested.factors.map(({ share }) => share.reason)).toEqual([reason, null]);
  });

  it('says why everything is null', () => {
    const random = new Xoshiro(0);
    const ones = { name: 'one', levels: ['a', 'a', 'a'] };
    expect(explainedByFactors([1, 1, 1], [ones], random).reason).toBe('the slopes do not vary');
    expect(explainedByFactors([1, 2, 3], [ones], random).reason).toBe('all items have the same level');
    expect(explainedByFactors([1, 2, 3], [], random).reason).toBe('there are no factors');
    const each = { name: 'each', levels: ['a', 'b', 'c'] };
    const saturated = explainedByFactors([1, 2, 3], [each], random, few);
    expect(saturated.adjustedR2.reason).toBe('3 items are too few for 2 dimensions');
    expect(saturated.interaction.reason).toContain('needs two factors');
    expect(
      explainedByFactors(slopes, [letter, { name: 'item', levels: slopes.map(String) }], random, few)
        .interaction.reason,
    ).toBe('a cell of letter x item is empty');
  });

  it('refuses wrong use', () => {
    const random = new Xoshiro(0);
    expect(() => explainedByFactors([1], [letter], random)).toThrow('differ in length: 1 and 70');
    expect(() => explainedByFactors(slopes, [letter, letter], random)).toThrow('"letter" occurs twice');
    const seven = Array.from({ length: 7 }, (_, i) => ({ name: String(i), levels: letter.levels }));
    expect(() => explainedByFactors(slopes, seven, random)).toThrow('more than 6: 7');
  });
});
