import type { AnswerMeasurement } from '../engine/engine.ts';

/** What the model gave for one answer, summed over its measured tokens. */
export interface AnswerTotals {
  /** Sum of the raw logits. */
  logit: number;
  /** Sum of the log-probabilities in nats; null unless log-sum-exps were asked for. */
  logprob: number | null;
  /** Tokens measured. */
  tokens: number;
}

/**
 * Sums one answer's measurement over its tokens, in float64: log P(answer) = Σ (logit_t − logSumExp_t).
 *
 * @throws RangeError for a measurement without tokens, or with another number of log-sum-exps
 * @example
 * answerTotals({ logits: Float32Array.of(2), logSumExp: Float64Array.of(3) }); // logit 2, logprob -1, tokens 1
 */
export function answerTotals({ logits, logSumExp }: AnswerMeasurement): AnswerTotals {
  const tokens = logits.length;
  if (tokens === 0) throw new RangeError('a measurement of an answer holds no token');
  if (logSumExp !== null && logSumExp.length !== tokens) {
    throw new RangeError(`a measurement holds ${tokens} logits and ${logSumExp.length} log-sum-exps`);
  }
  let logit = 0;
  let logprob = logSumExp === null ? null : 0;
  for (let t = 0; t < tokens; t++) {
    logit += logits[t]!;
    if (logprob !== null) logprob += logits[t]! - logSumExp![t]!;
  }
  return { logit, logprob, tokens };
}
