/**
 * Quantile with linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default).
 *
 * `sorted`: at least one value, ascending; `probability` in [0, 1].
 *
 * @example
 * quantileOfSorted([1, 2, 3, 4], 0.5); // 2.5
 */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  const place = probability * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < sorted.length ? low + (place - below) * (sorted[below + 1]! - low) : low;
}
