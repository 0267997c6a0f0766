import { dot } from '../math/vector.ts';
import { type Columns, fitFactors, sumAlong } from './factor-model.ts';

/**
 * Share of the variance due to each factor, averaged over all orders in which they could enter the model.
 *
 * By the sum over subsets S without the factor of |S|!(k - 1 - |S|)!/k! · (R²(S and it) - R²(S)) (Shapley 1953;
 * Lindeman, Merenda and Gold 1980). The shares add up to R² of all. `values`: centred, not all 0.
 *
 * @example
 * shapleyShares([letterColumns, wordColumns], values); // [0.31, 0.12]
 */
export function shapleyShares(factors: readonly Columns[], values: Float64Array): number[] {
  const k = factors.length;
  const total = dot(values, values);
  const worth = Float64Array.from({ length: 2 ** k }, (_, subset) => {
    const { basis } = fitFactors(factors.filter((_, factor) => (subset >> factor) & 1));
    return sumAlong(basis, values) / total;
  });
  return factors.map((_, factor) => {
    let share = 0;
    for (let subset = 0; subset < 2 ** k; subset++) {
      if ((subset >> factor) & 1) continue;
      const size = subset.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(k - 1 - size)) / factorial(k);
      share += weight * (worth[subset | (1 << factor)]! - worth[subset]!);
    }
    return share;
  });
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
