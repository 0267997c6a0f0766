import { tQuantile } from '../math/distributions.ts';
import { antiSteerableFraction } from './anti-steerable.ts';
import { confidence, type Estimate, noEstimate } from './estimate.ts';
import { fraction } from './fraction.ts';
import { jackknife, logScale, type Scale } from './jackknife.ts';
import { requireFinite } from './moments.ts';
import {
  analyseReplicates,
  type ReplicateAnalysis,
  type ReplicateTable,
  tabulate,
} from './replicate-analysis.ts';

/** How noisy one item's slope is, from replicate presentations of the same items. */
export interface ItemNoise {
  /** Items with two presentations or more. */
  n: number;
  /** Items with fewer. */
  leftOut: number;
  /** Presentations an item: the number of columns, if none is missing. */
  presentations: number | null;
  /** Standard deviation of one presentation's slope about its item's, pooled over items. */
  sd: Estimate;
  /** Intraclass correlation of single presentations: the share of their variance that lies between items. */
  reliability: Estimate;
  /** The same of the items' means over all presentations. */
  reliabilityOfMean: Estimate;
  /** Share of items whose mean slope is 0 or below. */
  backwards: Estimate;
  /** Share of items that are backwards beyond the noise. */
  backwardsBeyondNoise: Estimate;
  /** Per item: mean slope, its standard error, and whether it is backwards beyond that; null for one left out. */
  items: ({ slope: number; error: number; backwardsBeyondNoise: boolean } | null)[];
  /** What each presentation adds to all items' slopes; null where that is not taken out. */
  presentationEffects: number[] | null;
  /** Why everything is null; null where it is not. */
  reason: string | null;
}

/**
 * Noise of an item's slope: its spread over replicate presentations (letters swapped, settings, paraphrases).
 *
 * `slopes[i][j]`: slope of item i in presentation j, null where there is none. Items with fewer than two are left out
 * and counted. Within and between variances by {@link analyseReplicates}; reliability is between/(between + within),
 * that is ICC(C,1) with, and ICC(1) without `removeMainEffects` (McGraw and Wong 1996), and between/(between +
 * within/k) for the mean of k. Their intervals are {@link jackknife} ones over items, on the log scale for the sd and
 * on that of log F = log(1 + k·between/within) for the reliability: no normal distribution is supposed.
 *
 * An item is backwards beyond the noise where mean + t(0.975, ν)·√(within/k_i + `precisionRms`²) < 0, ν the degrees of
 * freedom within items: at most 2.5 % of items that are not backwards are called so. The rms error of the run's
 * precision is added whole, because all presentations of an item share the rounded weights. The noise is pooled: it is
 * right on average, not for every item.
 *
 * `removeMainEffects` (default true) takes out what a presentation adds to all slopes alike, which says nothing of one
 * item's noise. A presentation that scales all slopes, say halves them, shifts their mean, which is taken out, and
 * draws items together, which is not: (1/2 - its mean over presentations)·(slope - mean slope) stays in the noise.
 * Without removal, the shift counts as noise of every item, and hides those that are backwards.
 *
 * Null with a reason below two presentations or two items. Throws RangeError when rows differ in length or a slope is
 * not finite.
 *
 * @example
 * itemNoise([[1, 1.2], [0.4, null], [-2, -1.8], [0.1, -0.3]]).backwardsBeyondNoise.value; // 1/3
 */
export function itemNoise(
  slopes: readonly (readonly (number | null)[])[],
  { precisionRms = 0, removeMainEffects = true }: { precisionRms?: number; removeMainEffects?: boolean } = {},
): ItemNoise {
  for (const row of slopes) {
    if (row.length !== slopes[0]!.length)
      throw new RangeError(`rows of "slopes" differ in length: ${slopes[0]!.length} and ${row.length}`);
    requireFinite(
      row.filter((slope) => slope !== null),
      'slopes',
    );
  }
  if (!(precisionRms >= 0)) throw new RangeError(`invalid "precisionRms"; not at least 0: ${precisionRms}`);
  const used = slopes.map((row) => row.filter((slope) => slope !== null).length >= 2);
  const rows = slopes.filter((_, i) => used[i]);
  const n = rows.length;
  const counts = { n, leftOut: slopes.length - n };
  if ((slopes[0]?.length ?? 0) < 2 || n < 2) {
    return nothing(slopes.length, counts, 'noise needs two items with two presentations or more');
  }
  const table = tabulate(rows);
  const analysis = analyseReplicates(table, removeMainEffects);
  if (analysis === null) {
    return nothing(slopes.length, counts, 'the presentations have too few items in common to be compared');
  }

  const means = itemsOf(rows, analysis, precisionRms);
  const k = analysis.effectiveReplicates;
  const reliability = reliabilityOf(table, removeMainEffects, k);
  const places = used.map((held, i) => (held ? used.slice(0, i).filter(Boolean).length : null));
  return {
    ...counts,
    presentations: k,
    sd: jackknife(n, (at) => sdAt(table, at, removeMainEffects), logScale),
    reliability,
    reliabilityOfMean: ofMean(reliability, k),
    backwards: antiSteerableFraction(means.map(({ slope }) => slope)),
    backwardsBeyondNoise: fraction(means.filter((item) => item.backwardsBeyondNoise).length, n),
    items: places.map((place) => (place === null ? null : means[place]!)),
    presentationEffects: removeMainEffects ? Array.from(analysis.replicateEffects) : null,
    reason: null,
  };
}

function itemsOf(
  rows: readonly (readonly (number | null)[])[],
  { itemMeans, within, degrees }: ReplicateAnalysis,
  precisionRms: number,
): { slope: number; error: number; backwardsBeyondNoise: boolean }[] {
  const factor = tQuantile((1 + confidence) / 2, degrees);
  return Array.from(itemMeans, (slope, i) => {
    const held = rows[i]!.filter((value) => value !== null).length;
    const error = Math.sqrt(within / held + precisionRms ** 2);
    return { slope, error, backwardsBeyondNoise: slope + factor * error < 0 };
  });
}

function sdAt(table: ReplicateTable, indices: Uint32Array, removeMainEffects: boolean): number | null {
  const analysis = analyseReplicates(table, removeMainEffects, indices);
  return analysis === null ? null : Math.sqrt(analysis.within);
}

function reliabilityOf(table: ReplicateTable, removeMainEffects: boolean, k: number): Estimate {
  const statistic = (indices: Uint32Array) => {
    const analysis = analyseReplicates(table, removeMainEffects, indices);
    if (analysis === null) return null;
    const { between, within } = analysis;
    return between + within > 0 ? between / (between + within) : null;
  };
  const scale: Scale = {
    to: (icc) => Math.log(1 + (k * icc) / (1 - icc)),
    from: (logF) => {
      const ratio = Math.expm1(logF) / k;
      return ratio / (1 + ratio);
    },
  };
  return jackknife(table.items, statistic, scale);
}

/** The reliability of the mean of k values: Spearman and Brown's formula. */
function ofMean(single: Estimate, k: number): Estimate {
  const stepUp = (icc: number | null) => (icc === null ? null : (k * icc) / (1 + (k - 1) * icc));
  return { ...single, value: stepUp(single.value), low: stepUp(single.low), high: stepUp(single.high) };
}

function nothing(items: number, counts: { n: number; leftOut: number }, reason: string): ItemNoise {
  const overItems = noEstimate(counts.n, 'jackknife over items', reason);
  const share = noEstimate(counts.n, 'Wilson interval', reason);
  return {
    ...counts,
    presentations: null,
    sd: overItems,
    reliability: overItems,
    reliabilityOfMean: overItems,
    backwards: share,
    backwardsBeyondNoise: share,
    items: new Array<null>(items).fill(null),
    presentationEffects: null,
    reason,
  };
}
