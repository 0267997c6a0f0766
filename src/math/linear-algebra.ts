import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';

/**
 * Eigenvalues, largest first, and unit eigenvectors of a symmetric matrix given as rows.
 *
 * `vectors[k]` (Float64Array, size of the matrix) belongs to `values[k]`; its sign is arbitrary.
 *
 * @example
 * symmetricEigen([[2, 0], [0, 3]]).values; // [3, 2]
 */
export function symmetricEigen(rows: readonly ArrayLike<number>[]): {
  values: number[];
  vectors: Float64Array[];
} {
  const decomposition = new EigenvalueDecomposition(toMatrix(rows), { assumeSymmetric: true });
  const order = decomposition.realEigenvalues
    .map((value, column) => ({ value, column }))
    .sort((a, b) => b.value - a.value);
  return {
    values: order.map(({ value }) => value),
    vectors: order.map(({ column }) => Float64Array.from(decomposition.eigenvectorMatrix.getColumn(column))),
  };
}

/**
 * The x with A x = b, A square and given as rows; by least squares (QR) where A has more rows than columns.
 *
 * Throws an Error when A is singular.
 *
 * @example
 * solveLinear([[2, 0], [0, 4]], [2, 4]); // Float64Array [1, 1]
 */
export function solveLinear(rows: readonly ArrayLike<number>[], right: ArrayLike<number>): Float64Array {
  return Float64Array.from(solve(toMatrix(rows), Matrix.columnVector(Array.from(right))).getColumn(0));
}

function toMatrix(rows: readonly ArrayLike<number>[]): Matrix {
  return new Matrix(rows.map((row) => Array.from(row)));
}
