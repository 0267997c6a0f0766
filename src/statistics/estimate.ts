/** A number estimated from items, with its interval, or the reason why there is none. */
export interface Estimate {
  /** Null where it cannot be computed; then `reason` says why. */
  value: number | null;
  /** Lower end of the 95 % interval; null together with `high`, with a reason. */
  low: number | null;
  /** Upper end of the 95 % interval. */
  high: number | null;
  /** Number of items the estimate rests on. */
  n: number;
  /** How the interval was made, in words for a reader. */
  method: string;
  /** Why value or interval is null; null where neither is. */
  reason: string | null;
}

/** The coverage that every interval aims at. */
export const confidence = 0.95;

/** Fewest items from which an interval is given: below it no method here covers what it promises. */
const minimumItems = 10;

/** An estimate that could not be computed at all. */
export function noEstimate(n: number, method: string, reason: string): Estimate {
  return { value: null, low: null, high: null, n, method, reason };
}

/** An estimate whose value is known but whose interval is not. */
export function withoutInterval(value: number, n: number, method: string, reason: string): Estimate {
  return { value, low: null, high: null, n, method, reason };
}

/** The reason for which so few items carry no interval; null where there are enough. */
export function tooFewItems(n: number): string | null {
  return n < minimumItems ? `an interval needs at least ${minimumItems} items; there are ${n}` : null;
}
