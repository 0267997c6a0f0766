import { extendBasis } from '../math/orthonormal-basis.ts';
import { dot } from '../math/vector.ts';
import type { Xoshiro } from '../math/xoshiro.ts';
import { type CellMean, cellMeans } from './cell-means.ts';
import { type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { explainedInterval, type FittedPart } from './explained-interval.ts';
import {
  type Columns,
  centred,
  fitFactors,
  indicatorColumns,
  productColumns,
  residualsOf,
  sumAlong,
} from './factor-model.ts';
import { allEqual, requireFinite } from './moments.ts';
import { permutationTest } from './permutation-test.ts';
import { shapleyShares } from './shapley-shares.ts';

/** A categorical property of the items: the letter behind which the positive answer stands, a topic, ... */
export interface Factor {
  name: string;
  /** Level of each item; null where the item has none, which leaves the whole factor out. */
  levels: readonly (string | null)[];
}

/** What one factor explains. */
export interface FactorShare {
  name: string;
  /** (Var(resid without it) - Var(resid with it)) / Var(s), the factors before it being in the model. */
  share: Estimate;
  /** Its share averaged over all orders of the factors; null where `share` is. */
  shapley: number | null;
}

/** What part of the variance of per-item slopes categorical factors explain. */
export interface ExplainedByFactors {
  n: number;
  /** In the order given. */
  factors: FactorShare[];
  /** What the products of the first two usable factors add to the model of all. */
  interaction: Estimate;
  /** 1 - R² of the model of all factors without products, as published: the interaction is in it. */
  unexplained: number | null;
  /** Adjusted R² of that model; below 0 where it explains less than chance would. */
  adjustedR2: Estimate;
  /** p of its R² among permutations of the slopes, (1 + #{R²_k >= R²}) / (K + 1). */
  permutation: { p: number; draws: number } | null;
  /** Mean slope of each cell of the first two factors without null levels; cells without items are left out. */
  cells: CellMean[];
  /** Why everything but the cells is null; null where it is not. */
  reason: string | null;
}

const method = 'noncentral F, degrees of freedom by the kurtosis of the residuals';

/** Shapley shares need every subset of the factors. */
const mostFactors = 6;

/**
 * Decomposes the variance of per-item slopes by any categorical factors, in the order given.
 *
 * For the letter and then the Yes/No word it is the published decomposition (Tan et al. 2024, section 4.2). Shapley
 * shares (Lindeman, Merenda and Gold 1980) do not depend on the order. A factor is null with a reason, and left out,
 * where an item has no level or all have the same; it is null but stays in the model where its levels follow from
 * those of the others, because then no data can tell what is due to which. Intervals: {@link explainedInterval}, from
 * 10 items on. `permutations` defaults to 999.
 *
 * Throws RangeError when lengths differ, a slope is not finite, a name occurs twice, or there are over 6 factors.
 *
 * @example
 * explainedByFactors(slopes, [{ name: 'letter', levels: letters }, { name: 'topic', levels: topics }], new Xoshiro(0));
 */
export function explainedByFactors(
  slopes: ArrayLike<number>,
  factors: readonly Factor[],
  random: Xoshiro,
  { permutations = 999 }: { permutations?: number } = {},
): ExplainedByFactors {
  requireFactors(slopes, factors);
  const n = slopes.length;
  const prepared = factors.map(prepare);
  const usable = prepared.flatMap(({ columns }) => (columns === null ? [] : [columns]));
  const cells = cellMeans(slopes, factors.filter(({ levels }) => !levels.includes(null)).slice(0, 2));
  const reason = allEqual(slopes)
    ? 'the slopes do not vary'
    : usable.length === 0
      ? (prepared[0]?.reason ?? 'there are no factors')
      : null;
  if (reason !== null) return nothing(n, prepared, cells, reason);

  const values = centred(slopes);
  const total = dot(values, values);
  const { basis, added } = fitFactors(usable);
  const r2 = sumAlong(basis, values) / total;
  const residuals = residualsOf(basis, values);
  const shapley = shapleyShares(usable, values);
  let place = 0;
  let used = 0;
  const shares = prepared.map(({ name, columns, reason: unusable }): FactorShare => {
    if (columns === null) return { name, share: noEstimate(n, method, unusable!), shapley: null };
    const dimensions = added[place]!;
    const part = sumAlong(basis.slice(used, used + dimensions), values) / total;
    const others = usable.filter((_, other) => other !== place);
    used += dimensions;
    place++;
    if (fitFactors(others).basis.length === basis.length) {
      const confounded = 'its levels follow from those of the other factors, so its share cannot be told';
      return { name, share: noEstimate(n, method, confounded), shapley: null };
    }
    const fit = {
      part,
      dimensions,
      others: r2 - part,
      otherDimensions: basis.length - dimensions,
      residuals,
    };
    return { name, share: shareOf(part, fit), shapley: shapley[place - 1]! };
  });
  return {
    n,
    factors: shares,
    interaction: interactionOf(prepared, basis, values, total),
    unexplained: 1 - r2,
    adjustedR2: adjusted(r2, basis.length, residuals),
    permutation: permutationTest(
      slopes,
      (permuted) => sumAlong(basis, centred(permuted)),
      random.derive('permutations'),
      permutations,
    ),
    cells,
    reason: null,
  };
}

function requireFactors(slopes: ArrayLike<number>, factors: readonly Factor[]): void {
  requireFinite(slopes, 'slopes');
  if (factors.length > mostFactors)
    throw new RangeError(`invalid "factors"; more than ${mostFactors}: ${factors.length}`);
  for (const [i, { name, levels }] of factors.entries()) {
    if (levels.length !== slopes.length) {
      throw new RangeError(
        `slopes and levels of "${name}" differ in length: ${slopes.length} and ${levels.length}`,
      );
    }
    if (factors.findIndex((other) => other.name === name) !== i)
      throw new RangeError(`invalid "factors"; "${name}" occurs twice`);
  }
}

interface Prepared {
  name: string;
  /** Null where the factor cannot be used; then `reason` says why. */
  columns: Columns | null;
  reason: string | null;
  levels: readonly (string | null)[];
}

function prepare({ name, levels }: Factor): Prepared {
  const missing = levels.filter((level) => level === null).length;
  const distinct = [...new Set(levels as string[])].sort();
  const reason =
    missing > 0
      ? `${missing} of ${levels.length} items have no level`
      : distinct.length < 2
        ? 'all items have the same level'
        : null;
  return {
    name,
    levels,
    reason,
    columns: reason === null ? indicatorColumns(levels as string[], distinct) : null,
  };
}

function shareOf(value: number, fit: FittedPart): Estimate {
  const n = fit.residuals.length;
  const interval = tooFewItems(n) ?? explainedInterval(fit);
  if (typeof interval === 'string') return withoutInterval(value, n, method, interval);
  // A value beyond the interval is one that chance alone hardly gives so small: it still belongs to what is possible.
  return {
    value,
    low: Math.min(value, interval.low),
    high: Math.max(value, interval.high),
    n,
    method,
    reason: null,
  };
}

function adjusted(r2: number, dimensions: number, residuals: Float64Array): Estimate {
  const n = residuals.length;
  if (n - dimensions - 1 < 1)
    return noEstimate(n, method, `${n} items are too few for ${dimensions} dimensions`);
  const value = 1 - ((1 - r2) * (n - 1)) / (n - dimensions - 1);
  return shareOf(value, { part: r2, dimensions, others: 0, otherDimensions: 0, residuals });
}

function interactionOf(
  prepared: readonly Prepared[],
  basis: readonly Float64Array[],
  values: Float64Array,
  total: number,
): Estimate {
  const n = values.length;
  const [first, second] = prepared.filter(({ columns }) => columns !== null);
  if (second === undefined) return noEstimate(n, method, 'an interaction needs two factors that can be used');
  const sizes = [first, second].map((factor) => new Set(factor!.levels).size);
  const held = new Set(first!.levels.map((level, i) => JSON.stringify([level, second.levels[i]])));
  if (held.size < sizes[0]! * sizes[1]!)
    return noEstimate(n, method, `a cell of ${first!.name} x ${second.name} is empty`);
  const all = [...basis];
  const dimensions = extendBasis(all, productColumns(first!.columns!, second.columns!));
  if (dimensions === 0) return noEstimate(n, method, 'the other factors already explain whatever it could');
  const part = sumAlong(all.slice(basis.length), values) / total;
  return shareOf(part, {
    part,
    dimensions,
    others: sumAlong(basis, values) / total,
    otherDimensions: basis.length,
    residuals: residualsOf(all, values),
  });
}

function nothing(
  n: number,
  prepared: readonly Prepared[],
  cells: CellMean[],
  reason: string,
): ExplainedByFactors {
  return {
    n,
    factors: prepared.map((factor) => ({
      name: factor.name,
      share: noEstimate(n, method, factor.reason ?? reason),
      shapley: null,
    })),
    interaction: noEstimate(n, method, reason),
    unexplained: null,
    adjustedR2: noEstimate(n, method, reason),
    permutation: null,
    cells,
    reason,
  };
}
