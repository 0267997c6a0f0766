import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { tQuantile } from '../math/distributions.ts';
import { Xoshiro } from '../math/xoshiro.ts';
import { itemNoise } from './item-noise.ts';
import { analyseReplicates, tabulate } from './replicate-analysis.ts';

describe('analyseReplicates', () => {
  it.each(golden.replicates)(
    "agrees with statsmodels' least squares and sums of squares, $name",
    (expected) => {
      for (const [layout, removed] of [
        ['two_way', true],
        ['one_way', false],
      ] as const) {
        const analysis = analyseReplicates(tabulate(expected.slopes), removed)!;
        expect(analysis.within).toBeCloseTo(expected[layout].within, 10);
        expect(analysis.degrees).toBe(expected[layout].degrees);
        expect(analysis.between).toBeCloseTo(expected[layout].between, 10);
      }
      const { replicateEffects } = analyseReplicates(tabulate(expected.slopes), true)!;
      for (const [j, effect] of expected.effects.entries())
        expect(replicateEffects[j]).toBeCloseTo(effect, 10);
    },
  );

  it('is null where replicates have no item in common', () => {
    const apart = tabulate([
      [1, 2, null, null],
      [null, null, 3, 4],
      [2, 1, null, null],
    ]);
    expect(analyseReplicates(apart, true)).toBeNull();
    expect(analyseReplicates(apart, false)).not.toBeNull();
    expect(analyseReplicates(tabulate([[1, 2, 3]]), true)).toBeNull();
  });

  it('looks at the items asked for, and at no replicate that none of them has', () => {
    const table = tabulate([
      [1, 3, null],
      [9, 9, 9],
      [2, 4, null],
      [6, 8, null],
    ]);
    const analysis = analyseReplicates(table, true, [0, 2, 3])!;
    expect(analysis).toMatchObject({ degrees: 2, effectiveReplicates: 2 });
    expect(analysis.within).toBeCloseTo(0, 12);
    expect(Array.from(analysis.replicateEffects)).toEqual(
      [-1, 1, 0].map((effect) => expect.closeTo(effect, 12)),
    );
  });
});

describe('itemNoise', () => {
  const [whole, gaps] = golden.replicates as [(typeof golden.replicates)[0], (typeof golden.replicates)[0]];

  it("agrees with pingouin's intraclass correlations where nothing is missing", () => {
    const icc = whole.pingouin!;
    const removed = itemNoise(whole.slopes);
    expect(removed.reliability.value).toBeCloseTo(icc['ICC(C,1)'], 10);
    expect(removed.reliabilityOfMean.value).toBeCloseTo(icc['ICC(C,k)'], 10);
    const kept = itemNoise(whole.slopes, { removeMainEffects: false });
    expect(kept.reliability.value).toBeCloseTo(icc['ICC(1,1)'], 10);
    expect(kept.reliabilityOfMean.value).toBeCloseTo(icc['ICC(1,k)'], 10);
    expect([removed.presentations, kept.presentations, kept.presentationEffects]).toEqual([4, 4, null]);
    expect(removed.sd.value).toBeCloseTo(Math.sqrt(whole.two_way.within), 10);
    for (const { value, low, high } of [removed.sd, removed.reliability, removed.reliabilityOfMean]) {
      expect(low!).toBeLessThan(value!);
      expect(high!).toBeGreaterThan(value!);
    }
  });

  it('leaves out items with one presentation, and takes gaps into account', () => {
    const lone = [...gaps.slopes, [1, null, null, null], [null, null, null, null]];
    const noise = itemNoise(lone);
    expect([noise.n, noise.leftOut]).toEqual([24, 2]);
    expect(noise.items.slice(24)).toEqual([null, null]);
    expect(noise.sd.value).toBeCloseTo(Math.sqrt(gaps.two_way.within), 10);
    // The first item has its last two presentations: its mean is theirs less their effects.
    const [, , third, fourth] = gaps.slopes[0]!;
    const [, , effect3, effect4] = gaps.effects;
    expect(noise.items[0]!.slope).toBeCloseTo((third! - effect3! + fourth! - effect4!) / 2, 10);
    expect(noise.items[0]!.error).toBeCloseTo(Math.sqrt(gaps.two_way.within / 2), 10);
  });

  it('calls an item backwards by hand: mean + t(0.975, 3)·√(within/2 + precision²) below 0', () => {
    // Differences 0.2, -0.2, 0.2, -0.2 without a common part: within is Σ d²/2 over 3 degrees of freedom.
    const rows = [
      [1, 1.2],
      [0.4, 0.2],
      [-2, -1.8],
      [-0.2, -0.4],
    ];
    const within = (4 * 0.02) / 3;
    const reach = tQuantile(0.975, 3) * Math.sqrt(within / 2);
    expect(reach).toBeCloseTo(0.3675, 3);
    const noise = itemNoise(rows);
    expect(noise.items.map((item) => item!.backwardsBeyondNoise)).toEqual([false, false, true, false]);
    expect(noise.backwards.value).toBe(0.5);
    expect(noise.backwardsBeyondNoise.value).toBe(0.25);
    const rounded = itemNoise(rows, { precisionRms: 0.7 });
    expect(rounded.items[2]!.error).toBeCloseTo(Math.sqrt(within / 2 + 0.49), 12);
    expect(rounded.backwardsBeyondNoise.value).toBe(0);
  });

  it('takes out what one presentation adds to all items; without that it counts as noise and hides them', () => {
    const random = new Xoshiro(3);
    const own = Array.from({ length: 60 }, (_, i) => (i < 12 ? -1 : 1.5));
    const rows = own.map((slope) => [0, 0, 3].map((shift) => slope + shift + 0.1 * random.normal()));
    const removed = itemNoise(rows);
    expect(removed.sd.value).toBeCloseTo(0.1, 1);
    expect(removed.presentationEffects!.map(Math.round)).toEqual([-1, -1, 2]);
    // The shift raises the mean over presentations by 1, to about 0: nobody is backwards beyond the noise of 0.1.
    expect(itemNoise(rows.map((row) => row.map((slope) => slope - 1))).backwardsBeyondNoise.value).toBe(0.2);
    const kept = itemNoise(
      rows.map((row) => row.map((slope) => slope - 1)),
      { removeMainEffects: false },
    );
    expect(kept.sd.value).toBeCloseTo(Math.sqrt(3), 1);
    expect(kept.backwardsBeyondNoise.value).toBe(0);
  });

  it('keeps as noise what a presentation that halves every slope does beyond its mean', () => {
    // Slopes a with sd 1 and mean 2, shown whole and halved: the halving leaves (a - 2)/4 either way, 1/4·√2 within.
    const random = new Xoshiro(5);
    const rows = Array.from({ length: 4000 }, () => 2 + random.normal()).map((slope) => [slope, slope / 2]);
    const noise = itemNoise(rows.slice(0, 400));
    expect(noise.presentationEffects![0]).toBeCloseTo(0.5, 1);
    expect(noise.sd.value).toBeGreaterThan(0.9 * Math.SQRT2 * 0.25);
    expect(noise.sd.value).toBeLessThan(1.1 * Math.SQRT2 * 0.25);
    const kept = itemNoise(rows.slice(0, 400), { removeMainEffects: false });
    // With the shift of 1/2·mean left in: Σ (a/4)² both ways, √(2·E[a²])/4 = √10/4.
    expect(kept.sd.value).toBeCloseTo(Math.sqrt(10) / 4, 1);
  });

  it('says why it is null', () => {
    expect(itemNoise([]).reason).toContain('two presentations or more');
    expect(itemNoise([[1], [2]]).reason).toContain('two presentations or more');
    expect(
      itemNoise([
        [1, 2],
        [3, null],
      ]),
    ).toMatchObject({ n: 1, leftOut: 1, sd: { value: null }, items: [null, null] });
    expect(
      itemNoise([
        [1, 2, null, null],
        [null, null, 3, 4],
      ]).reason,
    ).toContain('too few items in common');
    expect(() => itemNoise([[1, 2], [1]])).toThrow('differ in length: 2 and 1');
    expect(() => itemNoise([[1, Number.NaN]])).toThrow('not finite');
    expect(() => itemNoise([[1, 2]], { precisionRms: -1 })).toThrow('invalid "precisionRms"');
  });
});
