/**
 * Quantile with linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default).
 *
 * `probability` in [0, 1]; null for no values. Throws RangeError for a probability outside.
 *
 * @example
 * quantile([4, 1, 3, 2], 0.5); // 2.5
 */
export function quantile(values: ArrayLike<number>, probability: number): number | null {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`invalid "probability"; not in [0, 1]: ${probability}`);
  }
  if (values.length === 0) return null;
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** The same for at least one value, already in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  const place = probability * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < sorted.length ? low + (place - below) * (sorted[below + 1]! - low) : low;
}
