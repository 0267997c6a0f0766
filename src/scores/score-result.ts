/** A score of one measurement, or the reason why there is none. */
export interface ScoreResult {
  /** Null where it cannot be computed; never NaN or infinite. */
  value: number | null;
  /** Why value is null; null where it is not. */
  reason: string | null;
}

/** The value, unless it is NaN or infinite. */
export function scored(value: number): ScoreResult {
  return Number.isFinite(value)
    ? { value, reason: null }
    : unscored(`the score is not a finite number: ${value}`);
}

/** No value, and why. */
export function unscored(reason: string): ScoreResult {
  return { value: null, reason };
}
