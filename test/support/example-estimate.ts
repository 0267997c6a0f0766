import type { Result } from '../../src/result/schema.ts';

/** An estimate as the result document holds it. */
export type Estimate = NonNullable<Result['steerability']>['mean'];

/** An estimate with an interval of the given reach to both sides, for examples. */
export function around(value: number, reach: number, n: number, method: string): Estimate {
  return { value, low: value - reach, high: value + reach, n, method, reason: null };
}

/** An estimate of 30 items with a t interval of the given ends, for cases of a rule. */
export function between(value: number, low: number | null, high: number | null): Estimate {
  return { value, low, high, n: 30, method: 't interval', reason: null };
}

/** An estimate above 0 whose interval is symmetric on a log scale: value / factor to value · factor. */
export function aroundLog(value: number, factor: number, n: number, method: string): Estimate {
  return { value, low: value / factor, high: value * factor, n, method, reason: null };
}
