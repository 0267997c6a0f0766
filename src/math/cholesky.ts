/**
 * Solves A x = b for a symmetric positive definite A, given as rows, which are overwritten by the factor.
 *
 * Takes several right sides at once. Source: Golub and Van Loan 2013, algorithms 4.2.1, 3.1.1 and 3.1.2.
 *
 * @throws RangeError when A is not positive definite
 */
export function solvePositiveDefinite(
  rows: readonly Float64Array[],
  rightSides: readonly ArrayLike<number>[],
): Float64Array[] {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const rowI = rows[i]!;
    for (let j = 0; j <= i; j++) {
      const rowJ = rows[j]!;
      let rest = rowI[j]!;
      for (let k = 0; k < j; k++) rest -= rowI[k]! * rowJ[k]!;
      if (j < i) rowI[j] = rest / rowJ[j]!;
      else if (rest > 0) rowI[i] = Math.sqrt(rest);
      else throw new RangeError(`the matrix is not positive definite at row ${i}`);
    }
  }
  return rightSides.map((right) => substitute(rows, right));
}

function substitute(factor: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i]![k]! * x[k]!;
    x[i]! /= factor[i]![i]!;
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= factor[k]![i]! * x[k]!;
    x[i]! /= factor[i]![i]!;
  }
  return x;
}
