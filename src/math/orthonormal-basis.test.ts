import { describe, expect, it } from 'vitest';
import { extendBasis } from './orthonormal-basis.ts';
import { dot } from './vector.ts';
import { Xoshiro } from './xoshiro.ts';

describe('extendBasis', () => {
  it('counts dimensions and keeps unit vectors at right angles, also for columns that are nearly alike', () => {
    const random = new Xoshiro(0);
    const first = Float64Array.from({ length: 30 }, () => random.normal());
    const near = first.map((value) => value + 1e-5 * random.normal());
    const basis: Float64Array[] = [];
    expect(extendBasis(basis, [first, near])).toBe(2);
    expect(
      extendBasis(basis, [first.map((value, i) => 2 * value - 3 * near[i]!), new Float64Array(30)]),
    ).toBe(0);
    expect(dot(basis[0]!, basis[1]!)).toBeCloseTo(0, 14);
    expect(dot(basis[1]!, basis[1]!)).toBeCloseTo(1, 14);
  });
});
