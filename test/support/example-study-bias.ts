import type { Xoshiro } from '../../src/math/xoshiro.ts';
import type { Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { spearman } from '../../src/statistics/correlation.ts';
import { explainedShares } from '../../src/statistics/explained-shares.ts';
import { letterWithinItems } from '../../src/statistics/letter-within-items.ts';
import { mean } from '../../src/statistics/mean.ts';
import { quantile } from '../../src/statistics/quantile.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { variance } from '../../src/statistics/spread.ts';
import { bell } from './example-chance.ts';
import { exampleMultipliers, type Truth } from './example-truth.ts';

/** What letter and word explain of the slopes of an example run. */
export function exampleBias(
  truth: Truth,
  rows: Result['items'],
  chance: Xoshiro,
): NonNullable<Result['bias']> {
  const slopes = rows.map(({ slope }) => slope!);
  const isA = rows.map(({ positiveLetter }) => positiveLetter === 'A');
  const isYes = truth.words ? rows.map(({ positiveWord }) => positiveWord === 'Yes') : null;
  const found = explainedShares(slopes, isA, isYes, chance, { permutations: 99 });
  const letter = { name: 'letter', levels: ['A', 'B'] };
  const known = [
    { factor: 'letter', estimate: found.letter, shapley: found.shapley.letter },
    { factor: 'word', estimate: found.word, shapley: found.shapley.word },
  ].filter(({ estimate }) => estimate.value !== null);
  return {
    factors: truth.words ? [letter, { name: 'word', levels: ['Yes', 'No'] }] : [letter],
    absent: truth.words ? [] : [{ name: 'word', reason: 'the options are not Yes and No' }],
    variance: variance(slopes).value,
    sequential: known.map(({ factor, estimate }) => ({ factor, share: estimate.value!, estimate })),
    shapley: known.map(({ factor, shapley }) => ({ factor, share: shapley! })),
    interaction: found.interaction.value,
    interactionEstimate: found.interaction,
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
        quartiles: quartilesOf(members),
      };
    }),
    reason: null,
  };
}

function quartilesOf(values: number[]): [number, number, number] {
  return [0.25, 0.5, 0.75].map((share) => quantile(values, share).value!) as [number, number, number];
}

/** Content and letter of an example run, its items measured both ways. */
export function exampleOrders(truth: Truth, rows: Result['items']): Result['orders'] {
  const behind = (letter: string) =>
    rows.map(({ slope, swappedSlope, positiveLetter }, i) => {
      const own = positiveLetter === letter;
      return (own ? slope! : swappedSlope!) + (letter === 'A' ? 0.3 : 0) * bell(i, truth.salt + 70);
    });
  const parts = letterWithinItems(behind('A'), behind('B'));
  return {
    items: parts.n,
    missing: 0,
    content: parts.meanContent,
    contentSd: parts.sdContent,
    antiSteerable: parts.antiSteerableContent,
    letter: parts.meanLetter,
    letterShare: parts.letterShare,
    commonShare: parts.commonShare,
    specificShare: parts.specificShare,
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
