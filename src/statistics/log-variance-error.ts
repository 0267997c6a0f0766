import { meanOf, squaredDeviations } from './moments.ts';

/**
 * Variance of ln s², s² being the sample variance of these values: (kurtosis - (n - 3)/n) / (n - 1).
 *
 * The kurtosis is what lets an interval of a variance hold for other than normal values (Bonett 2006, equation 4).
 * It is taken about the trimmed mean, as there, and corrected for bias like {@link excessKurtosis}, without which it
 * is too small for heavy tails at these sizes; never below 1, the least a kurtosis can be. For at least 10 values that
 * are not all equal.
 *
 * @example
 * logVarianceError([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]); // 0.144
 */
export function logVarianceError(values: ArrayLike<number>): number {
  const n = values.length;
  const centre = trimmedMean(values);
  let fourths = 0;
  for (let i = 0; i < n; i++) fourths += (values[i]! - centre) ** 4;
  const raw = (n * (n + 1) * (n - 1) * fourths) / ((n - 2) * (n - 3) * squaredDeviations(values) ** 2);
  const kurtosis = Math.max(1, 3 + raw - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3)));
  return (kurtosis - (n - 3) / n) / (n - 1);
}

/** Mean without the share 1/(2√(n - 4)) at either end. */
function trimmedMean(values: ArrayLike<number>): number {
  const n = values.length;
  const cut = Math.floor(n / (2 * Math.sqrt(n - 4)));
  return meanOf(
    Float64Array.from(values)
      .sort()
      .subarray(cut, n - cut),
  );
}
