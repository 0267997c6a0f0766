import { logSumExp } from '../log-sum-exp.ts';
import type { TokenLogprob } from './stream-request.ts';

/**
 * Log-probability of a token under softmax(logits), and those of the `count` likeliest tokens, the likeliest first.
 *
 * Equal logits stand in order of token id.
 *
 * @param logits Float32Array, vocabulary
 */
export function topLogprobs(
  logits: Float32Array,
  token: number,
  count: number,
): { logprob: number; top: Omit<TokenLogprob, 'bytes' | 'name'>[] } {
  const sum = logSumExp(logits);
  const best: number[] = [];
  for (let id = 0; id < logits.length && count > 0; id++) {
    const logit = logits[id]!;
    if (best.length === count && logit <= logits[best[count - 1]!]!) continue;
    let place = best.length;
    while (place > 0 && logits[best[place - 1]!]! < logit) place--;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return {
    logprob: logits[token]! - sum,
    top: best.map((id) => ({ token: id, logprob: logits[id]! - sum })),
  };
}
