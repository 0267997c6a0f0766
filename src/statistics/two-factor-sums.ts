/** Sums of squares explained by the models of a two-by-two layout. */
export interface SumsOfSquares {
  /** About the mean. */
  total: number;
  /** By s ~ 1 + A; null where A does not vary. */
  letter: number | null;
  /** By s ~ 1 + Y; null where Y is absent or does not vary. */
  word: number | null;
  /** By s ~ 1 + A + Y, or s ~ 1 + A where Y is absent; null where A and Y cannot be told apart. */
  both: number | null;
  /** By one mean per cell; null where Y is absent or a cell is empty. */
  saturated: number | null;
}

/**
 * The sums of squares of the items at `indices`, unbalanced cells included, in closed form.
 *
 * What Y adds to A is that of the within-letter differences between the words, weighted by n₀n₁/(n₀ + n₁)
 * (Frisch, Waugh and Lovell).
 *
 * @example
 * sumsOfSquares([1, 3], [true, false], null, Uint32Array.of(0, 1)); // total 2, letter 2, both 2
 */
export function sumsOfSquares(
  values: ArrayLike<number>,
  isA: readonly boolean[],
  isYes: readonly boolean[] | null,
  indices: Uint32Array,
): SumsOfSquares {
  let grand = 0;
  for (const i of indices) grand += values[i]!;
  grand /= indices.length;
  // Cell 2a + y; values less the grand mean, so that the sums of squares do not cancel.
  const counts = [0, 0, 0, 0];
  const sums = [0, 0, 0, 0];
  let total = 0;
  for (const i of indices) {
    const cell = (isA[i] ? 2 : 0) + (isYes?.[i] ? 1 : 0);
    const centred = values[i]! - grand;
    counts[cell]!++;
    sums[cell]! += centred;
    total += centred * centred;
  }
  const letter = between(counts, sums, [0, 1], [2, 3]);
  if (isYes === null) return { total, letter, word: null, both: letter, saturated: null };
  const added = letter === null ? null : wordWithinLetter(counts, sums);
  return {
    total,
    letter,
    word: between(counts, sums, [0, 2], [1, 3]),
    both: added === null ? null : letter! + added,
    saturated: counts.includes(0)
      ? null
      : sums.reduce((all, sum, cell) => all + (sum * sum) / counts[cell]!, 0),
  };
}

type Pair = readonly [number, number];

function between(
  counts: readonly number[],
  sums: readonly number[],
  first: Pair,
  second: Pair,
): number | null {
  let explained = 0;
  for (const [i, j] of [first, second]) {
    const count = counts[i]! + counts[j]!;
    if (count === 0) return null;
    explained += (sums[i]! + sums[j]!) ** 2 / count;
  }
  return explained;
}

function wordWithinLetter(counts: readonly number[], sums: readonly number[]): number | null {
  let weights = 0;
  let products = 0;
  for (const no of [0, 2]) {
    const yes = no + 1;
    if (counts[no] === 0 || counts[yes] === 0) continue;
    const weight = (counts[no]! * counts[yes]!) / (counts[no]! + counts[yes]!);
    weights += weight;
    products += weight * (sums[yes]! / counts[yes]! - sums[no]! / counts[no]!);
  }
  return weights === 0 ? null : products ** 2 / weights;
}
