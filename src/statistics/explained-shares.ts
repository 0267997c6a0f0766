import type { Xoshiro } from '../math/xoshiro.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { explainedByFactors, type Factor } from './explained-by-factors.ts';

/** What part of the variance of per-item slopes the answer's letter and word explain. */
export interface ExplainedShares {
  n: number;
  /** (Var(s) - Var(resid s ~ 1 + A)) / Var(s). */
  letter: Estimate;
  /** What Y adds once A is in the model, over Var(s). */
  word: Estimate;
  /** What the product A x Y adds to both, over Var(s). */
  interaction: Estimate;
  /** 1 - letter - word (an absent one as 0), as published: the interaction is in it. */
  unexplained: number | null;
  /** Shares of A and Y that do not depend on their order; null where the share is. */
  shapley: { letter: number | null; word: number | null };
  /** Adjusted R² of s ~ 1 + A (+ Y); can be below 0. */
  adjustedR2: Estimate;
  /** p of the R² of s ~ 1 + A (+ Y) among permutations of the slopes, (1 + #{R²_k >= R²}) / (K + 1). */
  permutation: { p: number; draws: number } | null;
  /** Mean slope of each cell that holds items: A before B, Yes before No. */
  cells: { positiveIsA: boolean; positiveIsYes: boolean | null; slope: Estimate }[];
  /** Why everything but the cells is null; null where it is not. */
  reason: string | null;
}

/**
 * Decomposes the variance of per-item slopes into letter and Yes/No word (Tan et al. 2024, section 4.2).
 *
 * `positiveIsA[i]`: the positive answer of item i is "(A)"; `positiveIsYes[i]`: it says Yes, or null for the whole
 * where options are not Yes/No. It is {@link explainedByFactors} under the published names. `permutations` defaults
 * to 999. Throws RangeError when the lengths differ or a slope is not finite.
 *
 * @example
 * explainedShares(slopes, letters, words, new Xoshiro(0)).adjustedR2;
 */
export function explainedShares(
  slopes: ArrayLike<number>,
  positiveIsA: readonly boolean[],
  positiveIsYes: readonly boolean[] | null,
  random: Xoshiro,
  options: { permutations?: number } = {},
): ExplainedShares {
  const factors: Factor[] = [
    { name: 'letter', levels: positiveIsA.map((isA) => (isA ? 'A' : 'B')) },
    ...(positiveIsYes === null
      ? []
      : [{ name: 'word', levels: positiveIsYes.map((isYes) => (isYes ? 'Yes' : 'No')) }]),
  ];
  const explained = explainedByFactors(slopes, factors, random, options);
  const [letter, word] = explained.factors;
  const absent = noEstimate(explained.n, letter!.share.method, 'there is no Yes/No word');
  return {
    n: explained.n,
    letter: letter!.share,
    word: word?.share ?? absent,
    interaction: word === undefined ? absent : explained.interaction,
    unexplained: explained.unexplained,
    shapley: { letter: letter!.shapley, word: word?.shapley ?? null },
    adjustedR2: explained.adjustedR2,
    permutation: explained.permutation,
    cells: explained.cells
      .map(({ levels, slope }) => ({
        positiveIsA: levels['letter'] === 'A',
        positiveIsYes: levels['word'] === undefined ? null : levels['word'] === 'Yes',
        slope,
      }))
      .sort((a, b) => +b.positiveIsA - +a.positiveIsA || +(b.positiveIsYes ?? 0) - +(a.positiveIsYes ?? 0)),
    reason: explained.reason,
  };
}
