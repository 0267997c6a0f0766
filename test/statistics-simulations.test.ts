import { describe, expect, it } from 'vitest';
import { normalCdf } from '../src/math/distributions.ts';
import { add, cosine, dot, norm, scale } from '../src/math/vector.ts';
import { Xoshiro } from '../src/math/xoshiro.ts';
import { layerStability } from '../src/scores/layer-stability.ts';
import { correlate } from '../src/statistics/correlate.ts';
import { correlationOf } from '../src/statistics/correlation.ts';
import { directionalAgreement } from '../src/statistics/directional-agreement.ts';
import { explainedByFactors } from '../src/statistics/explained-by-factors.ts';
import { explainedShares } from '../src/statistics/explained-shares.ts';
import { itemNoise } from '../src/statistics/item-noise.ts';
import { judgeNulls } from '../src/statistics/judge-nulls.ts';
import { mean } from '../src/statistics/mean.ts';
import { meanOf } from '../src/statistics/moments.ts';
import { ranks } from '../src/statistics/ranks.ts';
import { ratio } from '../src/statistics/ratio.ts';
import { separability } from '../src/statistics/separability.ts';

/** Simulations whose truth is planted: what the statistics say must be what was put in. */
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('bias decomposition', () => {
  it('recovers planted shares of letter, word and their product, unbiased', () => {
    const random = new Xoshiro(1);
    const planted = { letter: 0.3, word: 0.2, interaction: 0.1 };
    const sign = (positive: boolean) => (positive ? 1 : -1);
    const runs = times(150, () => {
      const isA = times(400, (i) => i % 2 === 0);
      const isYes = times(400, (i) => i % 4 < 2);
      const slopes = isA.map(
        (a, i) =>
          sign(a) * Math.sqrt(planted.letter) +
          sign(isYes[i]!) * Math.sqrt(planted.word) +
          sign(a) * sign(isYes[i]!) * Math.sqrt(planted.interaction) +
          Math.sqrt(0.4) * random.normal(),
      );
      return explainedShares(slopes, isA, isYes, random, { permutations: 0 });
    });
    const average = (pick: (run: (typeof runs)[0]) => number) => meanOf(runs.map(pick));
    expect(average((run) => run.letter.value!)).toBeCloseTo(0.3, 1.8);
    expect(average((run) => run.word.value!)).toBeCloseTo(0.2, 1.8);
    expect(average((run) => run.interaction.value!)).toBeCloseTo(0.1, 1.8);
    expect(average((run) => run.unexplained!)).toBeCloseTo(0.5, 1.8);
    expect(average((run) => run.adjustedR2.value!)).toBeCloseTo(0.5, 1.8);
    expect(average((run) => run.shapley.letter!)).toBeCloseTo(0.3, 1.8);
    expect(
      runs.filter((run) => run.adjustedR2.low! <= 0.5 && 0.5 <= run.adjustedR2.high!).length,
    ).toBeGreaterThan(134);
  });

  it('divides what correlated factors share: Shapley halves it, the order gives it to the first', () => {
    // Two ±1 factors with correlation 0.5 and equal effects: R² = (2 + 2·0.5)b²/(3b² + 1), b = 1: 0.75. The first
    // alone explains (1 + 0.5)²/(3 + 1) = 0.5625; the other adds 0.1875.
    const random = new Xoshiro(2);
    const runs = times(60, () => {
      const first = times(400, (i) => (i % 2 === 0 ? 1 : -1));
      const second = first.map((value, i) => (i % 8 < 6 ? value : -value));
      const slopes = first.map((value, i) => value + second[i]! + random.normal());
      const factors = [first, second].map((levels, i) => ({ name: String(i), levels: levels.map(String) }));
      return explainedByFactors(slopes, factors, random, { permutations: 0 });
    });
    expect(meanOf(runs.map(({ factors }) => factors[0]!.share.value!))).toBeCloseTo(0.5625, 1.8);
    expect(meanOf(runs.map(({ factors }) => factors[1]!.share.value!))).toBeCloseTo(0.1875, 1.8);
    for (const place of [0, 1])
      expect(meanOf(runs.map(({ factors }) => factors[place]!.shapley!))).toBeCloseTo(0.375, 1.8);
  });
});

describe('without an effect', () => {
  const expectFivePercent = (rate: number) => {
    expect(rate).toBeGreaterThan(0.035);
    expect(rate).toBeLessThan(0.065);
  };
  /** Datasets whose observed slope is one more draw of their nulls. */
  const noEffect = (random: Xoshiro, draws: number) => {
    const unit = Math.exp(random.normal());
    return { observed: unit * random.normal(), nulls: times(draws, () => unit * random.normal()) };
  };

  it.each([19, 20, 39, 99])(
    'counting among %i nulls rejects 5 percent at p <= 0.05, or as near as 1/(K + 1) gets',
    (draws) => {
      const random = new Xoshiro(draws);
      const judged = judgeNulls(times(6000, () => noEffect(random, draws)));
      expectFivePercent(judged.filter(({ counting }) => counting.p! <= 0.05).length / 6000);
    },
  );

  it('the t tail of 50 nulls rejects 5 %', () => {
    const random = new Xoshiro(50);
    const judged = judgeNulls(times(6000, () => noEffect(random, 50)));
    expectFivePercent(judged.filter(({ tail }) => tail.p! <= 0.05).length / 6000);
  });

  it('a study of 38 datasets calls any beyond random in 5 % of cases, at most', () => {
    const random = new Xoshiro(38);
    const studies = times(800, () => judgeNulls(times(38, () => noEffect(random, 50))));
    const any = studies.filter((judged) => judged.some(({ beyondRandom }) => beyondRandom)).length / 800;
    expect(any).toBeGreaterThan(0.025);
    expect(any).toBeLessThan(0.065);
  });

  it('the permutation test of explained shares rejects 5 %', () => {
    const random = new Xoshiro(4);
    const rejected = times(1200, () => {
      const letters = times(24, (i) => i % 2 === 0);
      const slopes = letters.map(() => Math.exp(random.normal()));
      return explainedShares(slopes, letters, null, random, { permutations: 99 }).permutation!.p <= 0.05;
    });
    expectFivePercent(rejected.filter(Boolean).length / 1200);
  });
});

it('where 12 of 38 datasets have an effect, 5 % of those called beyond random have none', () => {
  const random = new Xoshiro(12);
  const studies = times(200, () => {
    const judged = judgeNulls(
      times(38, (i) => ({
        observed: random.normal() + (i < 12 ? 5 : 0),
        nulls: times(50, () => random.normal()),
      })),
    );
    const called = judged.flatMap(({ beyondRandom }, i) => (beyondRandom ? [i] : []));
    return {
      false: called.filter((i) => i >= 12).length / Math.max(1, called.length),
      found: called.filter((i) => i < 12).length,
    };
  });
  // Benjamini and Hochberg keep the rate at 5 % times the share without an effect.
  expect(meanOf(studies.map((study) => study.false))).toBeLessThan(0.05);
  expect(meanOf(studies.map((study) => study.found))).toBeGreaterThan(11);
});

describe('predictors', () => {
  const width = 128;
  /** Pairs with unit noise on either side and means `distance` apart along one component. */
  const pairs = (random: Xoshiro, count: number, distance: number) => {
    const side = (shift: number) =>
      times(count, () =>
        Float64Array.from({ length: width }, (_, k) => random.normal() + (k === 5 ? shift : 0)),
      );
    return { positive: side(distance / 2), negative: side(-distance / 2) };
  };
  const differencesOf = ({ positive, negative }: ReturnType<typeof pairs>) =>
    positive.map((side, i) => add(side, scale(negative[i]!, -1)));
  const vectorOf = (given: ReturnType<typeof pairs>) =>
    differencesOf(given).reduce((sum, difference) => add(sum, difference), new Float64Array(width));
  const separated = ({ positive, negative }: ReturnType<typeof pairs>, vector: Float64Array) => {
    const project = (side: Float64Array[]) =>
      side.map((activation) => dot(activation, vector) / norm(vector));
    return separability(project(positive), project(negative));
  };

  it("give the planted d', AUC, overlap and agreement out of sample", () => {
    const random = new Xoshiro(6);
    const distance = 2;
    const axis = Float64Array.from({ length: width }, (_, k) => (k === 5 ? 1 : 0));
    const runs = times(150, () => {
      const vector = vectorOf(pairs(random, 48, distance));
      const fresh = pairs(random, 60, distance);
      return {
        ...separated(fresh, vector),
        agreement: directionalAgreement(differencesOf(fresh), vector).value!,
        along: cosine(vector, axis)! * distance,
      };
    });
    // Along a line at cosine c to the planted axis the means lie 2c apart, with unit noise.
    const along = meanOf(runs.map((run) => run.along));
    expect(meanOf(runs.map((run) => run.dPrime.value!))).toBeCloseTo(along, 1);
    expect(meanOf(runs.map((run) => run.rocAuc.value!))).toBeCloseTo(normalCdf(along / Math.SQRT2), 1.5);
    // The threshold is the best one for these pairs, so the overlap comes out below the planted one.
    const overlap = meanOf(runs.map((run) => run.overlap.value!));
    expect(overlap).toBeLessThan(2 * normalCdf(-along / 2));
    expect(overlap).toBeGreaterThan(2 * normalCdf(-along / 2) - 0.1);
    // A difference is 2 along the axis and √2 noise in each component: its length is √(4 + 2·128) = 16.1.
    expect(meanOf(runs.map((run) => run.agreement))).toBeCloseTo(along / Math.sqrt(4 + 2 * width), 2);
    const covered = runs.filter(
      ({ dPrime, along: truth }) => dPrime.low! <= truth && truth <= dPrime.high!,
    ).length;
    expect(covered / 150).toBeGreaterThan(0.9);
  });

  it("see nothing in noise out of sample, where in sample d' is √(2·width/pairs)", () => {
    const random = new Xoshiro(7);
    const runs = times(30, () => {
      const training = pairs(random, 48, 0);
      const vector = vectorOf(training);
      return { inside: separated(training, vector), outside: separated(pairs(random, 48, 0), vector) };
    });
    const inflated = Math.sqrt((2 * width) / 48);
    const inside = meanOf(runs.map((run) => run.inside.dPrime.value!));
    expect(inside).toBeGreaterThan(0.9 * inflated);
    expect(inside).toBeLessThan(1.2 * inflated);
    expect(meanOf(runs.map((run) => run.inside.rocAuc.value!))).toBeGreaterThan(0.93);
    expect(Math.abs(meanOf(runs.map((run) => run.outside.dPrime.value!)))).toBeLessThan(0.1);
    expect(meanOf(runs.map((run) => run.outside.rocAuc.value!))).toBeCloseTo(0.5, 1);
  });

  it("predict steerability over datasets as planted: slope = d' + noise of the same spread", () => {
    const random = new Xoshiro(8);
    const distances = times(200, () => 1 + 2 * random.uniform());
    const found = distances.map((distance) => {
      const vector = vectorOf(pairs(random, 24, distance));
      return separated(pairs(random, 24, distance), vector).dPrime.value!;
    });
    // The spread of a uniform of width 2 is 1/√3; noise as large leaves a correlation of 1/√2 with the truth.
    const slopes = distances.map((distance) => distance + random.normal() / Math.sqrt(3));
    const { pearson, spearman } = correlate(found, slopes);
    // d' is itself measured with error (about 0.33 against 0.58·along): attenuated, but there.
    expect(pearson.value!).toBeGreaterThan(0.45);
    expect(pearson.high!).toBeLessThan(Math.SQRT1_2 + 0.05);
    expect(spearman.low!).toBeGreaterThan(0.3);
  });
});

describe('out of distribution', () => {
  it('recovers planted ranks and relative steerability, and refuses a ratio over what may be 0', () => {
    const random = new Xoshiro(9);
    // 39 datasets: slopes in distribution from 0 to 4, out of it 0.6 of that and a shift of their own.
    const planted = times(39, (i) => {
      const inside = (4 * i) / 38;
      return { inside, outside: 0.6 * inside + 0.5 * random.normal() };
    });
    const measured = planted.map(({ inside, outside }) => {
      const items = times(100, () => random.normal());
      return {
        inside: items.map((item) => inside + 1.5 * item),
        // The same items: their deviations go together over settings.
        outside: items.map((item) => outside + 1.5 * (0.8 * item + 0.6 * random.normal())),
      };
    });
    const truth = correlationOf(
      ranks(planted.map(({ inside }) => inside)),
      ranks(planted.map(({ outside }) => outside)),
    );
    const { spearman } = correlate(
      measured.map(({ inside }) => mean(inside).value),
      measured.map(({ outside }) => mean(outside).value),
    );
    expect(Math.abs(spearman.value! - truth!)).toBeLessThan(0.05);
    const relative = measured.map(({ inside, outside }) => ratio(outside, inside, random, 400));
    const given = relative.flatMap((estimate, i) =>
      estimate.low === null ? [] : [{ estimate, ...planted[i]! }],
    );
    expect(given.length).toBeGreaterThan(32);
    for (const { inside } of given) expect(inside).toBeGreaterThan(0.1);
    expect(relative[0]!.value).toBeNull();
    const covered = given.filter(
      ({ estimate, inside, outside }) =>
        estimate.low! <= outside / inside && outside / inside <= estimate.high!,
    );
    expect(covered.length / given.length).toBeGreaterThan(0.85);
    const far = given.filter(({ inside }) => inside > 2);
    for (const { estimate, inside, outside } of far)
      expect(Math.abs(estimate.value! - outside / inside)).toBeLessThan(0.25);
  });
});

describe('noise of items and choice of layers', () => {
  it('calls at most 2.5 % of items backwards that stand at 0, and finds those that are', () => {
    const random = new Xoshiro(10);
    const noise = itemNoise(
      times(400, (i) => times(4, (j) => (i < 200 ? 0 : -2) + 0.3 * j + random.normal())),
    );
    const called = (from: number) =>
      noise.items.slice(from, from + 200).filter((item) => item!.backwardsBeyondNoise);
    // Presentations add 0.45 on average; without it the first items stand at 0.
    const centred = itemNoise(times(400, () => times(4, (j) => 0.3 * j - 0.45 + random.normal())));
    const wrongly = centred.items.filter((item) => item!.backwardsBeyondNoise).length / 400;
    expect(wrongly).toBeGreaterThan(0.005);
    expect(wrongly).toBeLessThan(0.05);
    expect(called(0).length).toBe(0);
    expect(called(200).length / 200).toBeGreaterThan(0.6);
    expect(noise.sd.low!).toBeLessThan(1);
    expect(noise.sd.high!).toBeGreaterThan(1);
  });

  it('holds the best layer among the likely ones nine times in ten, and alone where it stands out', () => {
    const random = new Xoshiro(11);
    const held = times(100, () => {
      const items = times(30, () => random.normal());
      const layers = [0.6, 0.9, 1, 0.9, 0.5, 0.2].map((height, layer) => ({
        layer,
        slopes: items.map((item) => height + 0.7 * item + 0.5 * random.normal()),
      }));
      return layerStability(layers, random, 200).likely.includes(2);
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(90);
    const apart = [0, 3].map((height, layer) => ({
      layer,
      slopes: times(30, () => height + random.normal()),
    }));
    expect(layerStability(apart, random).likely).toEqual([1]);
  });
});
