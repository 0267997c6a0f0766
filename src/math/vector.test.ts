import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulate, add, cosine, dot, norm, scale } from './vector.ts';

describe('vector', () => {
  it('works out small cases by hand', () => {
    expect(dot([1, 2, 3], [4, -5, 6])).toBe(12);
    expect(norm(Float32Array.of(3, 4))).toBe(5);
    expect(scale(Float32Array.of(1, -2), 3)).toEqual(Float32Array.of(3, -6));
    expect(add(Float64Array.of(1, 2), [0.5, -2])).toEqual(Float64Array.of(1.5, 0));
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    const sum = Float64Array.of(1, 1);
    accumulate(sum, [2, 3], -2);
    expect(sum).toEqual(Float64Array.of(-3, -5));
  });

  it('sums in float64, where float32 would lose the small terms', () => {
    const values = new Float32Array(1001).fill(1e-4);
    values[0] = 1e4;
    const ones = new Float32Array(1001).fill(1);
    expect(dot(values, ones)).toBeCloseTo(1e4 + 0.1, 6);
  });

  it('has no cosine with a vector of length 0', () => {
    expect(cosine([0, 0], [1, 1])).toBeNull();
  });

  it('refuses vectors of different lengths', () => {
    for (const act of [
      () => dot([1], [1, 2]),
      () => add(Float32Array.of(1), [1, 2]),
      () => cosine([], [1]),
    ]) {
      expect(act).toThrow('differ in length');
    }
  });

  it('keeps the cosine within [-1, 1], the same for any positive length', () => {
    const components = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(components, components, (a, b) => {
        const value = cosine(a, b);
        fc.pre(value !== null && norm(a) > 1e-6 && norm(b) > 1e-6);
        expect(Math.abs(value!)).toBeLessThanOrEqual(1);
        expect(cosine(scale(Float64Array.from(a), 7), b)).toBeCloseTo(value!, 10);
      }),
    );
  });
});
