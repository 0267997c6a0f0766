import { solveLinear } from '../math/linear-algebra.ts';

/** Slopes of items by replicates, for repeated analysis of subsets. */
export interface ReplicateTable {
  /** Items x replicates, row-major; NaN where a replicate is missing. Every item has two or more. */
  values: Float64Array;
  items: number;
  replicates: number;
}

/**
 * The rows as a table, null where a replicate is missing.
 *
 * @example
 * tabulate([[1, 3], [2, null]]).replicates; // 2
 */
export function tabulate(rows: readonly (readonly (number | null)[])[]): ReplicateTable {
  const replicates = rows[0]?.length ?? 0;
  const values = Float64Array.from(rows.flat(), (value) => value ?? Number.NaN);
  return { values, items: rows.length, replicates };
}

/** Analysis of variance of items by replicates. */
export interface ReplicateAnalysis {
  /** Least-squares effect of each replicate, adding up to 0; all 0 where they are not taken out. */
  replicateEffects: Float64Array;
  /** Mean of each item's values less their replicates' effects. */
  itemMeans: Float64Array;
  /** Variance within items, with its degrees of freedom. */
  within: number;
  degrees: number;
  /** Variance of the items' own slopes, without bias; below 0 where the means vary less than the noise alone would. */
  between: number;
  /** Replicates an item, as they count in the variance of the means: their number, if none is missing. */
  effectiveReplicates: number;
}

/**
 * Splits slopes into items, replicates (where `removeMainEffects`) and what is left, by least squares with gaps.
 *
 * With effects of the replicates it is the two-way layout without interaction: b solves Σᵢ(s_ij - m_i) =
 * Σ_j' (n_j δ_jj' - Σᵢ 1/k_i) b_j' over the items that hold both (Searle 1971, section 7.1), and the variance between
 * items is (SS(items | replicates) - (I - 1)·within)/(N - J) (Henderson 1953, method 3). Without, it is the one-way
 * layout, with N - Σ k_i²/N for N - J. Null where no degree of freedom is left or the replicates fall into groups
 * without a common item. `indices` are the items to analyse, all by default.
 *
 * @example
 * analyseReplicates(tabulate([[1, 3], [2, 4], [6, 8]]), true)!.within; // 0: the replicates differ by 2 in every item
 */
export function analyseReplicates(
  table: ReplicateTable,
  removeMainEffects: boolean,
  indices: ArrayLike<number> = Array.from({ length: table.items }, (_, i) => i),
): ReplicateAnalysis | null {
  const { values, replicates } = table;
  const items = indices.length;
  const means = new Float64Array(items);
  const sizes = new Float64Array(items);
  const columns = { sums: new Float64Array(replicates), counts: new Float64Array(replicates) };
  for (let i = 0; i < items; i++) {
    let sum = 0;
    for (let j = 0; j < replicates; j++) {
      const value = values[indices[i]! * replicates + j]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      sizes[i]!++;
      columns.sums[j]! += value;
      columns.counts[j]!++;
    }
    means[i] = sum / sizes[i]!;
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const effects = removeMainEffects
    ? replicateEffects(table, indices, means, sizes, columns.counts)
    : new Float64Array(replicates);
  if (effects === null) return null;
  const filled = columns.counts.filter((count) => count > 0).length;
  const degrees = total - items - (removeMainEffects ? filled - 1 : 0);
  if (items < 2 || degrees < 1) return null;

  // Against what is known without the items: the means of the replicates, or of everything.
  const grand = columns.sums.reduce((sum, column) => sum + column, 0) / total;
  const known = columns.sums.map((sum, j) => (removeMainEffects ? sum / columns.counts[j]! : grand));
  const itemMeans = new Float64Array(items);
  let squares = 0;
  let squaresWithoutItems = 0;
  for (let i = 0; i < items; i++) {
    const first = indices[i]! * replicates;
    let shift = 0;
    for (let j = 0; j < replicates; j++) if (!Number.isNaN(values[first + j]!)) shift += effects[j]!;
    const mean = means[i]! - shift / sizes[i]!;
    itemMeans[i] = mean;
    for (let j = 0; j < replicates; j++) {
      const value = values[first + j]!;
      if (Number.isNaN(value)) continue;
      squares += (value - mean - effects[j]!) ** 2;
      squaresWithoutItems += (value - known[j]!) ** 2;
    }
  }
  const within = squares / degrees;
  const divisor = removeMainEffects
    ? total - filled
    : total - sizes.reduce((sum, size) => sum + size * size, 0) / total;
  return {
    replicateEffects: effects,
    itemMeans,
    within,
    degrees,
    between: (squaresWithoutItems - squares - (items - 1) * within) / divisor,
    effectiveReplicates: divisor / (items - 1),
  };
}

/** The least-squares effects, 0 for a replicate without items; null where replicates have no items in common. */
function replicateEffects(
  { values, replicates }: ReplicateTable,
  indices: ArrayLike<number>,
  means: Float64Array,
  sizes: Float64Array,
  counts: Float64Array,
): Float64Array | null {
  // Adding 1 everywhere asks for effects that sum to 0, and makes the matrix regular.
  const matrix = Array.from({ length: replicates }, () => new Float64Array(replicates).fill(1));
  const shared = Array.from({ length: replicates }, () => new Float64Array(replicates));
  const right = new Float64Array(replicates);
  for (let i = 0; i < indices.length; i++) {
    const first = indices[i]! * replicates;
    for (let j = 0; j < replicates; j++) {
      const value = values[first + j]!;
      if (Number.isNaN(value)) continue;
      right[j]! += value - means[i]!;
      matrix[j]![j]! += 1;
      for (let k = 0; k < replicates; k++) {
        if (Number.isNaN(values[first + k]!)) continue;
        matrix[j]![k]! -= 1 / sizes[i]!;
        shared[j]![k]!++;
      }
    }
  }
  const held = Array.from(counts, (_, j) => j).filter((j) => counts[j]! > 0);
  if (!connected(shared, held)) return null;
  const solved = solveLinear(
    held.map((j) => held.map((k) => matrix[j]![k]!)),
    held.map((j) => right[j]!),
  );
  const effects = new Float64Array(replicates);
  for (const [place, j] of held.entries()) effects[j] = solved[place]!;
  return effects;
}

/** Whether every replicate is linked to every other through items that hold both. */
function connected(shared: readonly Float64Array[], held: readonly number[]): boolean {
  const reached = held.slice(0, 1);
  for (const j of reached) {
    for (const k of held) if (shared[j]![k]! > 0 && !reached.includes(k)) reached.push(k);
  }
  return reached.length === held.length;
}
