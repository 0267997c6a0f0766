import { normalQuantile, tQuantile } from '../math/distributions.ts';
import { confidence, type Estimate, noEstimate, tooFewItems, withoutInterval } from './estimate.ts';
import { meanOf, requireFinite, varianceOf } from './moments.ts';
import { ranks } from './ranks.ts';

/** From here to 1, and as far from 0, the interval reaches at least as far as Newcombe's. */
const nearTheEnd = 0.9;

/**
 * Area under the ROC curve of paired projections: chance that a positive lies above a negative, ties half.
 *
 * `positive[i]` and `negative[i]` are the two sides of pair i. The interval is DeLong's with pairs as the units (DeLong
 * and others 1988; Obuchowski 1997): each pair contributes the sum of its two placement values, and the standard error
 * of their mean is carried to the logit scale, with t(0.975, n - 1). Near the ends, and where all pairs are apart and
 * no error can be seen, it reaches at least as far as the score interval of Newcombe 2006 (method 5). Null without
 * pairs; null interval below ten. Throws RangeError when the sides differ in number or a number is not finite.
 *
 * @example
 * rocAuc([2, 3, 4], [0, 1, 2]).value; // 0.944
 */
export function rocAuc(positive: ArrayLike<number>, negative: ArrayLike<number>): Estimate {
  const n = positive.length;
  if (negative.length !== n)
    throw new RangeError(`sides differ in number: ${n} positive, ${negative.length} negative`);
  requireFinite(positive, 'positive');
  requireFinite(negative, 'negative');
  const method = 'interval of DeLong over pairs, logit scale';
  if (n === 0) return noEstimate(0, method, 'there are no pairs');
  const placements = pairPlacements(positive, negative);
  const value = meanOf(placements) / 2;
  const few = tooFewItems(n);
  if (few !== null) return withoutInterval(value, n, method, few);
  const [low, high] = interval(value, Math.sqrt(varianceOf(placements) / n), n);
  return { value, low, high, n, method, reason: null };
}

/** Share of negatives below each positive, plus share of positives above the negative of the same pair. */
function pairPlacements(positive: ArrayLike<number>, negative: ArrayLike<number>): Float64Array {
  const n = positive.length;
  const all = ranks([...Array.from(positive), ...Array.from(negative)]);
  const [ofPositive, ofNegative] = [ranks(positive), ranks(negative)];
  return Float64Array.from({ length: n }, (_, i) => {
    const negativesBelow = all[i]! - ofPositive[i]!;
    const positivesBelow = all[n + i]! - ofNegative[i]!;
    return (negativesBelow + n - positivesBelow) / n;
  });
}

function interval(value: number, error: number, n: number): [number, number] {
  const score = () => [newcombeEnd(value, n), 1 - newcombeEnd(1 - value, n)] as const;
  if (value === 0 || value === 1 || error === 0) return [...score()];
  const logit = Math.log(value / (1 - value));
  const half = (tQuantile((1 + confidence) / 2, n - 1) * error) / (value * (1 - value));
  const [low, high] = [logit - half, logit + half].map((place) => 1 / (1 + Math.exp(-place))) as [
    number,
    number,
  ];
  if (value > nearTheEnd) return [Math.min(low, score()[0]), high];
  return value < 1 - nearTheEnd ? [low, Math.max(high, score()[1])] : [low, high];
}

/** The smallest area from which the value is 1.96 standard errors of that area away, or less. */
function newcombeEnd(value: number, n: number): number {
  const z = normalQuantile((1 + confidence) / 2);
  const reach = (area: number) => {
    const bracket = 1 + (n - 1) * ((1 - area) / (2 - area) + area / (1 + area));
    return area + (z * Math.sqrt(area * (1 - area) * bracket)) / n;
  };
  let low = 0;
  let high = value;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (reach(middle) < value) low = middle;
    else high = middle;
  }
  return high;
}
