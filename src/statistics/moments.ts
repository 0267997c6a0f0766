/**
 * Arithmetic mean, summed in float64; NaN for no values.
 *
 * @example
 * meanOf([1, 2, 6]); // 3
 */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Sum of squared deviations from the mean, in two passes.
 *
 * @example
 * squaredDeviations([1, 2, 6]); // 14
 */
export function squaredDeviations(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return sum;
}

/**
 * Sample variance with divisor n - 1 (ddof 1); NaN below two values.
 *
 * @example
 * varianceOf([1, 2, 6]); // 7
 */
export function varianceOf(values: ArrayLike<number>): number {
  return values.length < 2 ? Number.NaN : squaredDeviations(values) / (values.length - 1);
}

/** True when all values are one and the same (or there are none), whatever rounding a variance would show. */
export function allEqual(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Throws RangeError unless every value is a finite number: nulls and NaN must be left out, and counted, before. */
export function requireFinite(values: ArrayLike<number>, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new RangeError(`invalid "${name}"; not finite at index ${i}: ${values[i]}`);
  }
}
