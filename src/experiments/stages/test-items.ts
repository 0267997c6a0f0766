import type { Measurement } from '../../engine/engine.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { antiSteerableFraction } from '../../statistics/anti-steerable.ts';
import { fraction } from '../../statistics/fraction.ts';
import { excessKurtosis } from '../../statistics/kurtosis.ts';
import { mean } from '../../statistics/mean.ts';
import { median } from '../../statistics/median.ts';
import { minimalDetectableSlope } from '../../statistics/minimal-detectable-slope.ts';
import { meanOf } from '../../statistics/moments.ts';
import { standardDeviation } from '../../statistics/spread.ts';
import type { RunContext } from '../empty-result.ts';
import { type ItemSlope, itemSlope, knownSlopes, wantedOf } from './item-slopes.ts';
import { shownTexts, showsTexts, textsOf } from './item-texts.ts';
import { measureItems } from './measure-items.ts';

/** The test items under every multiplier of the run, at one layer. */
export interface TestItems {
  cases: Case[];
  slopes: ItemSlope[];
  /** By item, then multiplier; null for the items of a cell that failed. */
  measurements: (Measurement[] | null)[];
}

/** Measures the test items: what the verdict rests on. */
export async function measureTestItems(
  { session }: RunContext,
  cases: Case[],
  layer: number,
  vector: Float32Array,
): Promise<TestItems> {
  const { multipliers, operator, start } = session.options;
  const measurements = await measureItems(session, {
    stage: 'test',
    shared: true,
    cases,
    interventions: multipliers.map((multiplier) => ({ layer, vector, multiplier, operator, start })),
    // The probability of the two letters needs a softmax over the vocabulary.
    wanted: { ...wantedOf(session.options), logprobs: true },
  });
  return {
    cases,
    measurements,
    slopes: measurements.map((row) => itemSlope(row, multipliers, session.options)),
  };
}

/** The dataset's steerability: every number with its interval (SCIENCE, uncertainty). */
export function summarise({ slopes }: Pick<TestItems, 'slopes'>): NonNullable<Result['steerability']> {
  const known = knownSlopes(slopes);
  const r2 = slopes.flatMap(({ fit }) => (fit.r2 === null ? [] : [fit.r2]));
  const rising = slopes.filter(({ fit }) => fit.monotonic === 'increasing').length;
  return {
    mean: mean(known),
    median: median(known),
    sd: standardDeviation(known),
    kurtosis: excessKurtosis(known),
    antiSteerable: antiSteerableFraction(known),
    smallestDetectable: minimalDetectableSlope(known).atPower80,
    meanR2: r2.length === 0 ? null : meanOf(r2),
    monotonicShare: fraction(rising, known.length),
  };
}

/** Mean propensity at each multiplier, with the t interval. */
export function propensityCurve(slopes: ItemSlope[], multipliers: number[]): Result['curve'] {
  return multipliers.map((multiplier, place) => ({
    multiplier,
    propensity: mean(slopes.flatMap(({ propensities }) => propensities[place] ?? [])),
  }));
}

/** A row an item, with its texts. */
export function itemRows(context: RunContext, { cases, slopes }: TestItems): Result['items'] {
  const { session, behaviour } = context;
  const shown = showsTexts(context);
  return cases.map(({ item }, place) => {
    const { fit, propensities } = slopes[place]!;
    const texts = shownTexts(textsOf(behaviour, item, session.options.format), shown);
    return {
      item,
      ...texts,
      swappedSlope: null,
      slope: fit.slope,
      intercept: fit.intercept,
      r2: fit.r2,
      rmse: fit.rmse,
      spearman: fit.spearman,
      monotonic: fit.monotonic,
      reason: fit.reason,
      propensities,
    };
  });
}
