/** The multiplier at which a vector does a given damage. */
export interface EqualDamage {
  /** Above 0; null where it cannot be told. */
  multiplier: number | null;
  /** The tested multipliers it was interpolated between; null where it was not, also at a tested one itself. */
  between: [number, number] | null;
  /** Whether damage rises with every step of the multiplier; null where a value is missing. */
  monotonic: boolean | null;
  /** Why the multiplier is null; where damage is not monotonic, that this is the first crossing; else null. */
  reason: string | null;
}

/**
 * The multiplier where damage first reaches a limit, by linear interpolation of log damage on log multiplier.
 *
 * Made for the 95th percentile of per-token KL (nats) and a limit of 1 nat, so that vectors, layers and models compare
 * at equal damage. KL grows with the square of a small multiplier, a straight line on these scales. `multipliers`: of
 * one sign of steering, as sizes: at least 0, in any order; 0 is left out. `damage[k]` belongs to `multipliers[k]`;
 * null where it was not measured.
 *
 * Null with a reason where the limit is never reached, already exceeded at the smallest multiplier, or where a value
 * up to the crossing is missing, not finite or not above 0. Throws RangeError when the lengths differ, a multiplier is
 * negative, not finite or occurs twice, or the limit is not above 0.
 *
 * @example
 * equalDamage([0.5, 1, 1.5], [0.25, 1, 2.25], 0.5).multiplier; // 0.7071: damage is the square of the multiplier
 */
export function equalDamage(
  multipliers: readonly number[],
  damage: readonly (number | null)[],
  limit = 1,
): EqualDamage {
  const points = ascending(multipliers, damage, limit);
  const none = (reason: string): EqualDamage => ({ multiplier: null, between: null, monotonic, reason });
  const known = points.every(({ value }) => value !== null && !Number.isNaN(value));
  const rises = points.every(({ value }, k) => k === 0 || value! > points[k - 1]!.value!);
  const monotonic = known ? rises : null;
  if (points.length === 0) return none('no multiplier above 0 was tested');

  for (const [k, { multiplier, value }] of points.entries()) {
    if (value === null) return none(`damage was not measured at multiplier ${multiplier}`);
    if (!Number.isFinite(value)) return none(`damage at multiplier ${multiplier} is not finite: ${value}`);
    if (value < limit) continue;
    const reason =
      monotonic === false
        ? `damage does not rise with every step; this is where it first reaches ${limit}`
        : null;
    if (value === limit) return { multiplier, between: null, monotonic, reason };
    if (k === 0) return none(`damage is above ${limit} already at the smallest multiplier, ${multiplier}`);
    const before = points[k - 1]!;
    if (!(before.value! > 0))
      return none(`damage at multiplier ${before.multiplier} is not above 0: ${before.value}`);
    const step = Math.log(limit / before.value!) / Math.log(value / before.value!);
    return {
      multiplier: before.multiplier * (multiplier / before.multiplier) ** step,
      between: [before.multiplier, multiplier],
      monotonic,
      reason,
    };
  }
  return none(`damage stays below ${limit} up to multiplier ${points.at(-1)!.multiplier}`);
}

function ascending(
  multipliers: readonly number[],
  damage: readonly (number | null)[],
  limit: number,
): { multiplier: number; value: number | null }[] {
  if (damage.length !== multipliers.length) {
    throw new RangeError(
      `"multipliers" and "damage" differ in length: ${multipliers.length} and ${damage.length}`,
    );
  }
  if (!(limit > 0)) throw new RangeError(`invalid "limit"; not above 0: ${limit}`);
  for (const multiplier of multipliers) {
    if (!(multiplier >= 0 && multiplier < Infinity))
      throw new RangeError(`invalid "multipliers"; not a number from 0 on: ${multiplier}`);
  }
  if (new Set(multipliers).size < multipliers.length)
    throw new RangeError('invalid "multipliers"; one occurs twice');
  return multipliers
    .map((multiplier, k) => ({ multiplier, value: damage[k]! }))
    .filter(({ multiplier }) => multiplier > 0)
    .sort((a, b) => a.multiplier - b.multiplier);
}
