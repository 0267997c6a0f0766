import { type ScoreResult, scored, unscored } from './score-result.ts';

/** Length of the sequences that are counted. */
const length = 4;

/**
 * Share of a text's 4-grams of tokens (or words) that occurred before in it: 1 − distinct / all, in [0, 1).
 *
 * 0 where no four tokens in a row come twice; near 1 for a text that runs in a circle. Null below four tokens. Longer
 * texts repeat more by themselves, so compare texts of one length. Source: Welleck et al. 2020, "Neural text generation
 * with unlikelihood training" (seq-rep-4).
 *
 * @example
 * repetitionRate([1, 2, 3, 4, 1, 2, 3, 4]); // { value: 0.2, reason: null }: 1 2 3 4 comes twice among five
 */
export function repetitionRate(tokens: ArrayLike<number> | readonly string[]): ScoreResult {
  const all = tokens.length - length + 1;
  if (all < 1) return unscored(`a 4-gram needs ${length} tokens; the text has ${tokens.length}`);
  const distinct = new Set<string>();
  for (let start = 0; start < all; start++) {
    distinct.add(JSON.stringify(Array.prototype.slice.call(tokens, start, start + length)));
  }
  return scored(1 - distinct.size / all);
}
