/**
 * 1 where −1 and 1 were both tested, else the largest multiplier of which both signs were; null where there is none.
 *
 * @example
 * largestPair([-2, -1, 0, 1, 2]); // 1
 */
export function largestPair(multipliers: readonly number[]): number | null {
  const paired = multipliers.filter((value) => value > 0 && multipliers.includes(-value));
  if (paired.length === 0) return null;
  return paired.includes(1) ? 1 : Math.max(...paired);
}

/** The largest pair with 0 between, where 0 was tested; all multipliers where there is no pair. */
export function threeMultipliers(multipliers: readonly number[]): number[] {
  const size = largestPair(multipliers);
  if (size === null) return [...multipliers];
  return multipliers.includes(0) ? [-size, 0, size] : [-size, size];
}
