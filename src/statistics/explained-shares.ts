import type { Xoshiro } from '../math/xoshiro.ts';
import { bca } from './bca.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { mean } from './mean.ts';
import { requireFinite } from './moments.ts';
import { type SumsOfSquares, sumsOfSquares } from './two-factor-sums.ts';

/** What part of the variance of per-item slopes the answer's letter and word explain. */
export interface ExplainedShares {
  n: number;
  /** (Var(s) - Var(resid s ~ 1 + A)) / Var(s). */
  explainedLetter: number | null;
  /** What Y adds once A is in the model, over Var(s). */
  marginalWord: number | null;
  /** What the product A x Y adds to both, over Var(s). */
  interaction: number | null;
  /** 1 - explainedLetter - marginalWord (absent ones as 0), as published: the interaction is in it. */
  unexplained: number | null;
  /** Order-free shares of A and Y in the additive model (Shapley; Lindeman, Merenda and Gold 1980). */
  shapley: { letter: number; word: number } | null;
  /** Adjusted R² of s ~ 1 + A (+ Y) with the BCa interval over items; can be below 0. */
  adjustedR2: Estimate;
  /** p of the R² of s ~ 1 + A (+ Y) among permutations of the slopes, (1 + #{R²_k >= R²}) / (K + 1). */
  permutation: { p: number; draws: number } | null;
  /** Mean slope of each cell that holds items. */
  cells: { positiveIsA: boolean; positiveIsYes: boolean | null; slope: Estimate }[];
  /** Why a field is null; null where none is. */
  reason: string | null;
}

/**
 * Decomposes the variance of per-item slopes into letter and Yes/No word (Tan et al. 2024, section 4.2).
 *
 * `positiveIsA[i]`: the positive answer of item i is "(A)"; `positiveIsYes[i]`: it says Yes, or null for the whole
 * where options are not Yes/No. Resamples and permutations default to 4000 and 999.
 * Throws RangeError when the lengths differ or a slope is not finite.
 *
 * @example
 * explainedShares(slopes, letters, words, new Xoshiro(0)).adjustedR2;
 */
export function explainedShares(
  slopes: ArrayLike<number>,
  positiveIsA: readonly boolean[],
  positiveIsYes: readonly boolean[] | null,
  random: Xoshiro,
  { resamples = 4000, permutations = 999 }: { resamples?: number; permutations?: number } = {},
): ExplainedShares {
  const n = slopes.length;
  requireFinite(slopes, 'slopes');
  for (const factor of [positiveIsA, positiveIsYes ?? positiveIsA]) {
    if (factor.length !== n)
      throw new RangeError(`slopes and factors differ in length: ${n} and ${factor.length}`);
  }
  const sums = (values: ArrayLike<number>, indices: Uint32Array) =>
    sumsOfSquares(values, positiveIsA, positiveIsYes, indices);
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const observed = sums(slopes, all);
  const cells = cellMeans(slopes, positiveIsA, positiveIsYes);
  const reason = undefinedBecause(observed);
  if (reason !== null) return { ...nothing(n, reason), cells };

  const { total, letter, word, both, saturated } = observed;
  const terms = positiveIsYes === null ? 1 : 2;
  const adjusted = (indices: Uint32Array) => adjustedR2(sums(slopes, indices), indices.length, terms);
  return {
    n,
    explainedLetter: letter! / total,
    marginalWord: word === null ? null : (both! - letter!) / total,
    interaction: saturated === null ? null : (saturated - both!) / total,
    unexplained: 1 - both! / total,
    shapley:
      word === null
        ? null
        : { letter: (letter! + both! - word) / (2 * total), word: (word + both! - letter!) / (2 * total) },
    adjustedR2: bca(n, adjusted, random.derive('resamples'), resamples),
    permutation: permutationTest(slopes, both!, (values) => sums(values, all).both!, random, permutations),
    cells,
    reason:
      word === null ? 'there is no Yes/No word' : saturated === null ? 'a cell of A x Y is empty' : null,
  };
}

function undefinedBecause({ total, letter, both }: SumsOfSquares): string | null {
  if (!(total > 0)) return 'the slopes do not vary';
  if (letter === null) return 'the positive answer has the same letter in all items';
  return both === null ? 'letter and word cannot be told apart in these items' : null;
}

function adjustedR2({ total, both }: SumsOfSquares, n: number, terms: number): number | null {
  if (!(total > 0) || both === null || n - terms - 1 < 1) return null;
  return 1 - ((1 - both / total) * (n - 1)) / (n - terms - 1);
}

function permutationTest(
  slopes: ArrayLike<number>,
  observed: number,
  explained: (values: Float64Array) => number,
  random: Xoshiro,
  draws: number,
): { p: number; draws: number } {
  const shuffling = random.derive('permutations');
  const order = Uint32Array.from({ length: slopes.length }, (_, i) => i);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    shuffling.shuffle(order);
    // A permutation that only reorders equal cells gives the same sum up to rounding: it counts.
    if (explained(Float64Array.from(order, (i) => slopes[i]!)) >= observed * (1 - 1e-12)) asLarge++;
  }
  return { p: (1 + asLarge) / (draws + 1), draws };
}

function cellMeans(
  slopes: ArrayLike<number>,
  positiveIsA: readonly boolean[],
  positiveIsYes: readonly boolean[] | null,
): ExplainedShares['cells'] {
  const words = positiveIsYes === null ? [null] : [true, false];
  return [true, false].flatMap((letter) =>
    words.flatMap((word) => {
      const inCell = Array.from(slopes).filter(
        (_, i) => positiveIsA[i] === letter && (positiveIsYes === null || positiveIsYes[i] === word),
      );
      return inCell.length === 0 ? [] : [{ positiveIsA: letter, positiveIsYes: word, slope: mean(inCell) }];
    }),
  );
}

function nothing(n: number, reason: string): Omit<ExplainedShares, 'cells'> {
  return {
    n,
    explainedLetter: null,
    marginalWord: null,
    interaction: null,
    unexplained: null,
    shapley: null,
    adjustedR2: noEstimate(n, 'BCa bootstrap over items', reason),
    permutation: null,
    reason,
  };
}
