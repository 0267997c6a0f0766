import type { Estimate } from './estimate.ts';
import { fraction } from './fraction.ts';
import { requireFinite } from './moments.ts';

/** How often two measures of the same items point the same way. */
export interface SignAgreement {
  /** Share of the pairs whose signs are equal. */
  share: Estimate;
  /** The share if signs were independent, each as often positive as here: p·q + (1 - p)(1 - q); null without pairs. */
  byChance: number | null;
  /** Pairs left out because a value is null, or 0 and so without sign. */
  leftOut: number;
}

/**
 * Share of items on which two effects have the same sign, with the Wilson interval.
 *
 * For instance an item's slope in log-probability and the change of its generated answers. Two measures that are
 * mostly positive agree often by chance: look at `byChance`. Throws RangeError when the lengths differ or a value is
 * not finite.
 *
 * @example
 * agreementInSign([1, 2, -1, 0], [3, -1, -2, 1]); // share 2 of 3, byChance 0.444, leftOut 1
 */
export function agreementInSign(a: ArrayLike<number | null>, b: ArrayLike<number | null>): SignAgreement {
  if (a.length !== b.length)
    throw new RangeError(`"a" and "b" differ in length: ${a.length} and ${b.length}`);
  const places = Array.from(a, (_, i) => i).filter((i) => (a[i] ?? 0) !== 0 && (b[i] ?? 0) !== 0);
  const n = places.length;
  requireFinite(
    places.map((i) => a[i]!),
    'a',
  );
  requireFinite(
    places.map((i) => b[i]!),
    'b',
  );
  const share = (holds: (i: number) => boolean) => places.filter(holds).length / n;
  const p = share((i) => a[i]! > 0);
  const q = share((i) => b[i]! > 0);
  return {
    share: fraction(places.filter((i) => a[i]! > 0 === b[i]! > 0).length, n),
    byChance: n === 0 ? null : p * q + (1 - p) * (1 - q),
    leftOut: a.length - n,
  };
}
