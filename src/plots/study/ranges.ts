import { domainOf } from '../ranges.ts';

/** A quantile of values in any order, by linear interpolation; null without values. */
export function quantileOf(values: readonly number[], probability: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const place = probability * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/**
 * As `domainOf`, but a few values far out do not stretch the axis: it ends at three interquartile ranges beyond the
 * quartiles where values lie further out.
 */
export function robustDomain(values: readonly number[], always: number[] = []): [number, number] {
  const [low, high] = [quantileOf(values, 0.25), quantileOf(values, 0.75)];
  if (low === null || high === null || high === low) return domainOf(values, always);
  const reach = 3 * (high - low);
  return domainOf(
    values.filter((value) => value >= low - reach && value <= high + reach),
    always,
  );
}

/** A value moved to the nearer end of the axis where it lies outside. */
export function within(value: number, [low, high]: [number, number]): number {
  return Math.min(high, Math.max(low, value));
}

/** Round values for an axis, at most `most` of them: steps of 1, 2, 2.5 or 5 times a power of ten, 0 among them where it is inside. */
export function roundTicks([low, high]: [number, number], most: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / most));
  for (const factor of [1, 2, 2.5, 5, 10, 20, 25, 50, 100]) {
    const step = factor * power;
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    if (last - first + 1 <= most) {
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step);
    }
  }
  return [low, high];
}

/** Ends of an axis of shares, from a little below 0 to the largest upper end, and at least 30 %. */
export function shareDomain(
  estimates: readonly ({ value: number | null; high: number | null } | null)[],
): [number, number] {
  const largest = Math.max(0.3, ...estimates.map((share) => share?.high ?? share?.value ?? 0));
  return [-0.02, Math.min(1.02, largest * 1.04)];
}
