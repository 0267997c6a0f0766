import { quantileOfClusters } from './clusters.ts';
import { equalDamage } from './equal-damage.ts';
import { type Estimate, noEstimate, withoutInterval } from './estimate.ts';

/**
 * The multiplier of equal damage with its interval over texts.
 *
 * `damageByText[k][t]`: damage (KL in nats) at each token of text t under `multipliers[k]`. The value is
 * {@link equalDamage} of the quantiles (`probability` 0.95 by default), and the interval inverts theirs: it holds the
 * multipliers at which the limit lies within the interval of {@link quantileOfClusters}, so it ends where the upper
 * and the lower bounds reach the limit. `n` counts the texts of the multiplier with the fewest. Null as there; null
 * interval where a bound is missing or does not reach the limit within the multipliers tested.
 *
 * @example
 * equalDamageOfTexts([0.5, 1, 1.5], klByMultiplierAndText, { limit: 1 });
 */
export function equalDamageOfTexts(
  multipliers: readonly number[],
  damageByText: readonly (readonly ArrayLike<number>[])[],
  { probability = 0.95, limit = 1 }: { probability?: number; limit?: number } = {},
): Estimate {
  const quantiles = damageByText.map((texts) => quantileOfClusters(texts, probability));
  const n = quantiles.length === 0 ? 0 : Math.min(...quantiles.map((quantile) => quantile.n));
  const method = 'inverted intervals of the quantiles over texts';
  const crossing = (end: 'value' | 'low' | 'high') =>
    equalDamage(
      multipliers,
      quantiles.map((quantile) => quantile[end]),
      limit,
    );
  const { multiplier, reason } = crossing('value');
  if (multiplier === null) return noEstimate(n, method, reason!);
  const [low, high] = [crossing('high'), crossing('low')];
  if (low.multiplier === null)
    return withoutInterval(multiplier, n, method, `the upper bound of ${low.reason}`);
  if (high.multiplier === null)
    return withoutInterval(multiplier, n, method, `the lower bound of ${high.reason}`);
  return { value: multiplier, low: low.multiplier, high: high.multiplier, n, method, reason };
}
