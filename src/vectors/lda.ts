import { solvePositiveDefinite } from '../math/cholesky.ts';
import { dot } from '../math/vector.ts';
import { checkPairs } from './check-pairs.ts';
import { meanDifference } from './mean-difference.ts';
import { centred, combine, gram } from './span.ts';

/**
 * The difference of means whitened by the pooled covariance within the two classes: Σ⁻¹ (m₊ − m₋).
 *
 * Σ is shrunk towards a multiple of the identity by the formula of Ledoit and Wolf 2004 (lemma 3.2), computed from
 * all activations less their class's mean: scikit-learn's `ledoit_wolf(..., assume_centered=True)`. The pairing plays
 * no part. Inverted in the span of the activations (Woodbury), since they are fewer than the stream is wide. Without
 * any spread within the classes it is the difference of means itself. Source: Fisher's discriminant, as Belrose 2023.
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * ldaDirection(positive, negative); // of any length; rescaled by extractVector
 */
export function ldaDirection(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  const width = checkPairs(positive, negative);
  const rows = [...centred(positive), ...centred(negative)];
  const difference = meanDifference(positive, negative);
  const products = gram(rows);
  const { identity, rest } = shrunkCovariance(products, width);
  if (!(identity > 0)) return difference;
  // (αI + βXᵀX)⁻¹ d = (d − Xᵀ (α/β I + XXᵀ)⁻¹ X d) / α; the factor 1/α is left to the rescaling.
  if (rest === 0) return difference;
  for (const [i, row] of products.entries()) row[i]! += identity / rest;
  const [weights] = solvePositiveDefinite(products, [rows.map((row) => dot(row, difference))]);
  const inSpan = combine(rows, weights!);
  return difference.map((component, k) => component - inSpan[k]!);
}

/** Factors of I and of XᵀX in the shrunk covariance, from the inner products of the N rows of X. */
function shrunkCovariance(
  products: readonly Float64Array[],
  width: number,
): { identity: number; rest: number } {
  const n = products.length;
  let trace = 0;
  let fourthPowers = 0;
  let squares = 0;
  for (const [i, row] of products.entries()) {
    trace += row[i]! / n;
    fourthPowers += row[i]! ** 2 / n;
    squares += dot(row, row) / n ** 2;
  }
  const scale = trace / width;
  const distance = squares - width * scale ** 2;
  // A distance of 0 says that the covariance is a multiple of the identity already.
  const shrinkage = distance > 0 ? Math.min(1, Math.max(0, (fourthPowers - squares) / n / distance)) : 1;
  return { identity: Math.max(shrinkage, leastShrinkage) * scale, rest: (1 - shrinkage) / n };
}

/** Keeps the covariance invertible where the formula asks for no shrinkage at all. */
const leastShrinkage = 1e-6;
