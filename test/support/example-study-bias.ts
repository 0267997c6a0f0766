import type { Xoshiro } from '../../src/math/xoshiro.ts';
import type { Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { spearman } from '../../src/statistics/correlation.ts';
import { explainedShares } from '../../src/statistics/explained-shares.ts';
import { mean } from '../../src/statistics/mean.ts';
import { quantile } from '../../src/statistics/quantile.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { standardDeviation, variance } from '../../src/statistics/spread.ts';
import { bell } from './example-chance.ts';
import { exampleMultipliers, type Truth } from './example-truth.ts';

/** What letter and word explain of the slopes of an example run. */
export function exampleBias(
  truth: Truth,
  rows: Result['items'],
  chance: Xoshiro,
  resamples: number,
): NonNullable<Result['bias']> {
  const slopes = rows.map(({ slope }) => slope!);
  const isA = rows.map(({ positiveLetter }) => positiveLetter === 'A');
  const isYes = truth.words ? rows.map(({ positiveWord }) => positiveWord === 'Yes') : null;
  const found = explainedShares(slopes, isA, isYes, chance, { resamples, permutations: 99 });
  const letter = { name: 'letter', levels: ['A', 'B'] };
  const shares = (letterShare: number, wordShare: number | null) => [
    { factor: 'letter', share: letterShare },
    ...(wordShare === null ? [] : [{ factor: 'word', share: wordShare }]),
  ];
  return {
    factors: truth.words ? [letter, { name: 'word', levels: ['Yes', 'No'] }] : [letter],
    absent: truth.words ? [] : [{ name: 'word', reason: 'the options are not Yes and No' }],
    variance: variance(slopes, chance, resamples).value,
    sequential: shares(found.explainedLetter!, found.marginalWord),
    shapley:
      found.shapley === null ? [] : shares(found.shapley.letter, truth.words ? found.shapley.word : null),
    interaction: found.interaction,
    unexplained: found.unexplained,
    adjustedR2: found.adjustedR2,
    permutation: found.permutation,
    cells: found.cells.map(({ positiveIsA, positiveIsYes, slope }) => {
      const members = slopes.filter(
        (_, i) => isA[i] === positiveIsA && (positiveIsYes === null || isYes?.[i] === positiveIsYes),
      );
      return {
        levels: [positiveIsA ? 'A' : 'B', ...(positiveIsYes === null ? [] : [positiveIsYes ? 'Yes' : 'No'])],
        slope,
        quartiles: [quantile(members, 0.25)!, quantile(members, 0.5)!, quantile(members, 0.75)!] as [
          number,
          number,
          number,
        ],
      };
    }),
    reason: null,
  };
}

/** Content and letter of an example run, its items measured both ways. */
export function exampleOrders(
  truth: Truth,
  rows: Result['items'],
  chance: Xoshiro,
  resamples: number,
): Result['orders'] {
  const sides = rows.map(({ slope, swappedSlope, positiveLetter }) =>
    positiveLetter === 'A' ? [slope!, swappedSlope!] : [swappedSlope!, slope!],
  );
  const content = sides.map(([a, b]) => (a! + b!) / 2);
  const letter = sides.map(([a, b], i) => (a! - b!) / 2 + 0.15 * bell(i, truth.salt + 70));
  const letterVariance = truth.letter ** 2;
  const share = letterVariance / (letterVariance + truth.spread ** 2 + truth.word ** 2);
  return {
    items: rows.length,
    missing: 0,
    content: mean(content),
    contentSd: standardDeviation(content, chance, resamples),
    antiSteerable: antiSteerableFraction(content),
    letter: mean(letter),
    letterShare: {
      value: share,
      low: Math.max(0, share - 0.08),
      high: Math.min(1, share + 0.08),
      n: rows.length,
      method: 'BCa bootstrap over items',
      reason: null,
    },
  };
}

/** How far the slopes of an example run can be trusted item by item. */
export function exampleReplicates(truth: Truth, slopes: number[]): NonNullable<Result['replicates']> {
  const within = 0.3 + 0.5 * truth.spread;
  const n = slopes.length;
  const reliability = truth.spread ** 2 / (truth.spread ** 2 + 0.4 * within ** 2);
  const about = (value: number, half: number) => ({
    value,
    low: Math.max(0, value - half),
    high: Math.min(1, value + half),
    n,
    method: 'BCa bootstrap over items',
    reason: null,
  });
  return {
    presentations: ['as given', 'letters exchanged', 'three other neutral system messages'],
    items: n,
    withinSd: about(within, 0.05),
    reliability: about(reliability, 0.12),
    reliabilityOfMean: about((5 * reliability) / (1 + 4 * reliability), 0.05),
    backwards: antiSteerableFraction(slopes),
    backwardsBeyondNoise: antiSteerableFraction(slopes.map((slope) => slope + 0.8 * within)),
    precisionRms: null,
  };
}

/** The slopes of an example run over a narrower range. */
export function exampleRange(rows: Result['items'], limit: number): Result['ranges'][number] {
  const inside = exampleMultipliers.flatMap((m, k) => (Math.abs(m) <= limit ? [k] : []));
  const slopes = rows.map(
    (row) =>
      fitSlope(
        inside.map((k) => exampleMultipliers[k]!),
        inside.map((k) => row.propensities[k]!),
      ).slope!,
  );
  return {
    limit,
    mean: mean(slopes),
    antiSteerable: antiSteerableFraction(slopes),
    agreement: spearman(
      slopes,
      rows.map(({ slope }) => slope!),
    ),
  };
}
