import { tQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { meanOf, squaredDeviations } from './moments.ts';

/** The scale on which an estimate is nearest to normal: the interval is made there and carried back. */
export interface Scale {
  to: (value: number) => number;
  from: (value: number) => number;
}

/** For numbers above 0. */
export const logScale: Scale = { to: Math.log, from: Math.exp };

/** For shares between 0 and 1. */
export const logitScale: Scale = {
  to: (share) => Math.log(share / (1 - share)),
  from: (logit) => 1 / (1 + Math.exp(-logit)),
};

/** For correlations and cosines between -1 and 1. */
export const fisherScale: Scale = { to: Math.atanh, from: Math.tanh };

/** For numbers whose error is much the same wherever they lie. */
export const linearScale: Scale = { to: (value) => value, from: (value) => value };

/**
 * A statistic of `n` items with Tukey's jackknife interval over items, made on the given scale.
 *
 * The pseudo-values are n·s - (n - 1)·s₋ᵢ, s₋ᵢ being the statistic without item i; the interval is their mean
 * ± t(0.975, n - 1)·sd/√n (Tukey 1958; Miller 1974, section 3), and for a mean on a linear scale it is exactly the t
 * interval. The value is the statistic itself. For smooth statistics only: a quantile is none.
 *
 * `statistic` gets the indices that are kept, and gives null where it is undefined. Null interval below 10 items,
 * where the statistic is undefined or outside the scale without some item, or where no item changes it.
 *
 * @example
 * jackknife(values.length, (at) => varianceOf(at.map((i) => values[i])), logScale);
 */
export function jackknife(
  n: number,
  statistic: (indices: Uint32Array) => number | null,
  scale: Scale,
): Estimate {
  const method = 'jackknife over items';
  if (n === 0) return noEstimate(0, method, 'there are no items');
  const value = statistic(Uint32Array.from({ length: n }, (_, i) => i));
  if (value === null) return noEstimate(n, method, 'the statistic is undefined for these items');
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);
  const whole = scale.to(value);
  if (!Number.isFinite(whole)) {
    return withoutInterval(
      value,
      n,
      method,
      `${value} is at the end of its range, where no interval is made`,
    );
  }

  const kept = Uint32Array.from({ length: n - 1 }, (_, i) => i + 1);
  const pseudo = new Float64Array(n);
  for (let left = 0; left < n; left++) {
    const without = statistic(kept);
    const place = without === null ? Number.NaN : scale.to(without);
    if (!Number.isFinite(place)) {
      return withoutInterval(
        value,
        n,
        method,
        `the statistic is undefined without the item at index ${left}`,
      );
    }
    pseudo[left] = n * whole - (n - 1) * place;
    if (left < n - 1) kept[left] = left;
  }
  const centre = meanOf(pseudo);
  const standardError = Math.sqrt(squaredDeviations(pseudo) / (n - 1) / n);
  if (!(standardError > 1e-12 * Math.abs(whole))) {
    return withoutInterval(value, n, method, 'the statistic does not depend on any one item');
  }
  const half = tQuantile((1 + confidence) / 2, n - 1) * standardError;
  return { value, low: scale.from(centre - half), high: scale.from(centre + half), n, method, reason: null };
}
