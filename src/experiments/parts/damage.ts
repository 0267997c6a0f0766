import type { Result } from '../../result/schema.ts';
import { meanOfClusters, quantileOfClusters } from '../../statistics/clusters.ts';
import { equalDamageOfTexts } from '../../statistics/equal-damage-of-texts.ts';
import { type Estimate, noEstimate } from '../../statistics/estimate.ts';
import { mean } from '../../statistics/mean.ts';
import { meanOf } from '../../statistics/moments.ts';
import { perplexityRatio } from '../../statistics/perplexity-ratio.ts';
import { measureDamage, outsideLetters, perplexityOf, type TextDamage } from '../stages/damage.ts';
import { itemSlope } from '../stages/item-slopes.ts';
import { measureItems } from '../stages/measure-items.ts';
import { type Measured, notMeasured } from './part.ts';

type Damage = NonNullable<Result['damage']>;

/** Percentile of per-token KL that counts as damage, and the nats from which it does. */
const percentile = 0.95;
const limitNats = 1;

/** What does steering do to text that has nothing to do with the behaviour, and how much effect does a given damage buy? */
export async function assessDamage(measured: Measured): Promise<void> {
  const { context, found, test, result } = measured;
  const { session } = context;
  const { damageMultipliers, damageTexts } = session.options;
  if (damageTexts === 0 || damageMultipliers.length === 0)
    return notMeasured(measured, 'damage', 'no neutral texts were asked for');
  session.progress.begin('damage', `Steering ${damageTexts} neutral texts`);
  const texts = await measureDamage(context, found);
  if (texts === null) return notMeasured(measured, 'damage', 'a cell failed');
  result.damage = {
    texts: texts.length,
    tokens: texts.reduce((sum, { unsteered }) => sum + unsteered.length, 0),
    perplexity: perplexityOf(texts),
    points: damageMultipliers.map((multiplier, branch) => ({
      multiplier,
      ...pointOf(texts, branch),
    })),
    outsideLetters: outsideLetters(session, test),
    equal: await effectAtEqualDamage(measured, texts),
  };
}

function pointOf(
  texts: readonly TextDamage[],
  branch: number,
): Pick<Damage['points'][number], 'klMean' | 'klP95' | 'perplexityRatio'> {
  const kl = texts.map(({ branches }) => branches[branch]!.kl);
  const nll = texts.map(({ branches }) => branches[branch]!.nll);
  if (!allKnown(kl) || !allKnown(nll)) {
    const none = noEstimate(texts.length, 'none', 'the steered model is not finite at some token');
    return { klMean: none, klP95: none, perplexityRatio: none };
  }
  return {
    klMean: meanOfClusters(kl),
    klP95: quantileOfClusters(kl, percentile),
    perplexityRatio: perplexityRatio(
      texts.map(({ unsteered }, text) => meanOf(nll[text]!) - meanOf(unsteered)),
    ),
  };
}

function allKnown(rows: readonly (readonly (number | null)[])[]): rows is number[][] {
  return rows.every((row) => row.every((value) => value !== null));
}

/**
 * The multiplier at which the damage reaches the limit on its worse side, and what it does to the test items there: so
 * that methods, layers and models can be compared at one price.
 */
async function effectAtEqualDamage(
  measured: Measured,
  texts: readonly TextDamage[],
): Promise<Damage['equal']> {
  const { context, found, test } = measured;
  const { session } = context;
  const { operator, start, replicateItems } = session.options;
  const crossing = crossingOf(session.options.damageMultipliers, texts);
  const { value, low, high, reason } = crossing;
  if (value === null) return { limit: limitNats, multiplier: null, low, high, effect: null, reason };
  // Four digits: the multiplier takes part in the bits of what is measured with it.
  const multiplier = Number(value.toPrecision(4));
  const pair = [-multiplier, multiplier];
  const rows = await measureItems(session, {
    stage: 'equal-damage',
    shared: true,
    cases: test.cases.slice(0, replicateItems),
    interventions: pair.map((one) => ({
      layer: found.layer,
      vector: found.vector,
      multiplier: one,
      operator,
      start,
    })),
  });
  const effects = rows.flatMap((row) => {
    const [below, above] = itemSlope(row, pair, session.options).propensities;
    return below == null || above == null ? [] : [(above - below) / 2];
  });
  return { limit: limitNats, multiplier, low, high, effect: mean(effects), reason };
}

/** Of the two signs of a multiplier, the one that damages more counts. */
function crossingOf(multipliers: readonly number[], texts: readonly TextDamage[]): Estimate {
  const sizes = [...new Set(multipliers.map(Math.abs))].filter((size) => size > 0).sort((a, b) => a - b);
  const method = 'inverted intervals of the quantiles over texts';
  const worse = sizes.map((size) => {
    const sides = multipliers.flatMap((multiplier, branch) =>
      Math.abs(multiplier) === size ? [texts.map(({ branches }) => branches[branch]!.kl)] : [],
    );
    const known = sides.filter(allKnown);
    if (known.length < sides.length) return null;
    return known.reduce((a, b) => (damageOf(b) > damageOf(a) ? b : a));
  });
  const until = worse.indexOf(null);
  const usable = (until < 0 ? worse : worse.slice(0, until)) as number[][][];
  if (usable.length === 0)
    return noEstimate(texts.length, method, 'the steered model is not finite at some token');
  return equalDamageOfTexts(sizes.slice(0, usable.length), usable, {
    probability: percentile,
    limit: limitNats,
  });
}

function damageOf(texts: readonly number[][]): number {
  return quantileOfClusters(texts, percentile).value ?? 0;
}
