import { accumulate, dot } from '../math/vector.ts';

/** Inner products of all rows with each other: symmetric, one Float64Array a row. */
export function gram(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const products = rows.map(() => new Float64Array(rows.length));
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(rows[i]!, rows[j]!);
      products[i]![j] = product;
      products[j]![i] = product;
    }
  }
  return products;
}

/** Σ weight_i · row_i: the vector that these coefficients mean in the span of the rows. */
export function combine(rows: readonly ArrayLike<number>[], weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const [i, row] of rows.entries()) accumulate(sum, row, weights[i]!);
  return sum;
}

/** The rows less their mean, in float64. */
export function centred(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const mean = combine(rows, new Float64Array(rows.length).fill(1 / rows.length));
  return rows.map((row) => Float64Array.from(row, (component, k) => component - mean[k]!));
}
