import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { confidence } from './estimate.ts';
import { countingPValue, type NullTest, tailPValue } from './null-distribution.ts';

/** One dataset judged among many. */
export interface JudgedNull {
  /** By counting: needs no assumption, and cannot get below 1/(K + 1). */
  counting: NullTest;
  /** By the t tail of the null slopes, which supposes them normal about 0. */
  tail: NullTest;
  /** The tail's p adjusted over all datasets (Benjamini and Hochberg); null where the tail has none. */
  adjusted: number | null;
  /** Whether the adjusted p is at most 0.05: among those so called, 5 % are not, on average; null without one. */
  beyondRandom: boolean | null;
}

/**
 * Judges the mean slopes of many datasets against their null slopes at once.
 *
 * `entries[d]`: the observed slope of dataset d and those of its K null vectors. The false discovery rate is kept over
 * the tail p values, because counting ones that end at 1/(K + 1) cannot survive many datasets; datasets without a tail
 * p (fewer than ten draws) are left out of the adjustment. Throws RangeError for a number that is not finite.
 *
 * @example
 * judgeNulls([{ observed: 2, nulls: fiftySlopes }]).map(({ beyondRandom }) => beyondRandom);
 */
export function judgeNulls(entries: readonly { observed: number; nulls: ArrayLike<number> }[]): JudgedNull[] {
  const tests = entries.map(({ observed, nulls }) => ({
    counting: countingPValue(observed, nulls),
    tail: tailPValue(observed, nulls),
  }));
  const known = tests.flatMap(({ tail }) => (tail.p === null ? [] : [tail.p]));
  const adjusted = benjaminiHochberg(known);
  let place = 0;
  return tests.map((test) => {
    if (test.tail.p === null) return { ...test, adjusted: null, beyondRandom: null };
    const p = adjusted[place++]!;
    return { ...test, adjusted: p, beyondRandom: p <= 1 - confidence };
  });
}
