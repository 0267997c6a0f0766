import { extendBasis } from '../math/orthonormal-basis.ts';
import { dot } from '../math/vector.ts';
import { meanOf } from './moments.ts';

/** Columns of one factor, or of a product of two: indicators of its levels less their means, arrays of n. */
export type Columns = readonly Float64Array[];

/**
 * Indicator columns of a factor, all levels but the first, each less its mean.
 *
 * `levels`: the level of each item, by name; `distinct`: the names.
 */
export function indicatorColumns(levels: readonly string[], distinct: readonly string[]): Columns {
  return distinct.slice(1).map((name) => centred(Float64Array.from(levels, (level) => +(level === name))));
}

/** The products of every column of one factor with every column of the other, each less its mean. */
export function productColumns(first: Columns, second: Columns): Columns {
  return first.flatMap((a) => second.map((b) => centred(a.map((value, i) => value * b[i]!))));
}

/** The values less their mean. */
export function centred(values: ArrayLike<number>): Float64Array {
  const mean = meanOf(values);
  return Float64Array.from(values, (value) => value - mean);
}

/** A least-squares model, built factor by factor: an orthonormal basis of what they span. */
export interface FactorModel {
  basis: Float64Array[];
  /** Dimensions that each factor added to those before it. */
  added: number[];
}

/**
 * The model of these factors, in this order.
 *
 * @example
 * fitFactors([letterColumns, wordColumns]).added; // [1, 1]: two two-level factors that are not confounded
 */
export function fitFactors(factors: readonly Columns[]): FactorModel {
  const basis: Float64Array[] = [];
  return { added: factors.map((columns) => extendBasis(basis, columns)), basis };
}

/** Sum of squares of centred values along these directions. */
export function sumAlong(basis: readonly Float64Array[], values: Float64Array): number {
  return basis.reduce((sum, direction) => sum + dot(direction, values) ** 2, 0);
}

/** Centred values less their projection on the basis. */
export function residualsOf(basis: readonly Float64Array[], values: Float64Array): Float64Array {
  const rest = values.slice();
  for (const direction of basis) {
    const along = dot(direction, values);
    for (let i = 0; i < rest.length; i++) rest[i]! -= along * direction[i]!;
  }
  return rest;
}
