import { accumulate, dot, norm } from './vector.ts';

/** A column with less than this share of its length outside the span so far counts as within it. */
const tolerance = 1e-9;

/**
 * Adds to an orthonormal basis, in place, what each column brings that the basis does not span yet.
 *
 * `columns`: arrays of one length. Returns how many dimensions were added. By Gram-Schmidt with every projection
 * taken off twice, which keeps it orthogonal to rounding (Giraud and others 2005).
 *
 * @example
 * const basis: Float64Array[] = [];
 * extendBasis(basis, [[1, 1], [2, 2], [1, 0]]); // 2: the second column lies in the span of the first
 */
export function extendBasis(basis: Float64Array[], columns: readonly ArrayLike<number>[]): number {
  const before = basis.length;
  for (const column of columns) {
    const rest = Float64Array.from(column);
    const length = norm(rest);
    for (let pass = 0; pass < 2; pass++) {
      for (const direction of basis) accumulate(rest, direction, -dot(direction, rest));
    }
    const left = norm(rest);
    if (left > tolerance * length) basis.push(rest.map((value) => value / left));
  }
  return basis.length - before;
}
