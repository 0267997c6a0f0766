import type { Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { spearman } from '../../src/statistics/correlation.ts';
import { fraction } from '../../src/statistics/fraction.ts';
import { mean } from '../../src/statistics/mean.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { around } from './example-estimate.ts';

interface Row {
  slope: number;
  propensities: number[];
}

/** Slopes over presentations that ask the same: fewer items are backwards beyond the noise than at first sight. */
export function exampleReplicates(rows: Row[], letters: boolean): NonNullable<Result['replicates']> {
  const n = rows.length;
  const backwards = rows.filter(({ slope }) => slope <= 0).length;
  return {
    presentations: [
      'as measured',
      ...(letters ? ['letters exchanged'] : []),
      'another neutral system message',
      'a third neutral system message',
    ],
    items: n,
    withinSd: around(0.84, 0.11, n, 'BCa bootstrap over items'),
    reliability: around(0.86, 0.05, n, 'jackknife over items'),
    reliabilityOfMean: around(0.948, 0.022, n, 'jackknife over items'),
    backwards: fraction(backwards, n),
    backwardsBeyondNoise: fraction(Math.max(0, backwards - 3), n),
    precisionRms: 0.0041,
  };
}

/** Slopes fitted again to narrower ranges of multipliers. */
export function exampleRanges(rows: Row[], multipliers: number[]): Result['ranges'] {
  return [0.5, 1, 1.5].map((limit) => {
    const places = multipliers.flatMap((multiplier, k) => (Math.abs(multiplier) <= limit ? [k] : []));
    const slopes = rows.map(
      ({ propensities }) =>
        fitSlope(
          places.map((k) => multipliers[k]!),
          places.map((k) => propensities[k]!),
        ).slope!,
    );
    return {
      limit,
      mean: mean(slopes),
      antiSteerable: antiSteerableFraction(slopes),
      agreement: spearman(
        slopes,
        rows.map(({ slope }) => slope),
      ),
    };
  });
}

/** The chosen layer is chosen again by most resamples, and its neighbours by the rest. */
export function exampleStability(chosen: number): NonNullable<Result['layerStability']> {
  return {
    resamples: 400,
    shares: [
      { layer: chosen, share: 0.61 },
      { layer: chosen + 1, share: 0.245 },
      { layer: chosen - 1, share: 0.11 },
      { layer: chosen + 2, share: 0.035 },
    ],
    within95: [chosen - 1, chosen, chosen + 1],
  };
}
