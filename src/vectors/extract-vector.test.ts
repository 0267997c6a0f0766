import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/vector-methods.json' with { type: 'json' };
import { cosine, norm } from '../math/vector.ts';
import { extractVector } from './extract-vector.ts';
import { methods } from './method.ts';

const rows = (values: number[][]) => values.map((row) => Float32Array.from(row));
const row = (...values: number[]) => Float32Array.from(values);

describe.each(golden.cases)('extractVector against scikit-learn and numpy: $name', (expected) => {
  const positive = rows(expected.positive);
  const negative = rows(expected.negative);

  it('gives the mean difference as it is', () => {
    const vector = extractVector('mean-difference', positive, negative);
    for (const [k, value] of expected.mean_difference.entries()) expect(vector[k]).toBeCloseTo(value, 5);
  });

  it.each([
    ['principal-component', expected.principal_component],
    ['logistic', expected.logistic],
    ['lda', expected.lda],
  ] as const)('gives the direction of %s, as long as the mean difference', (method, direction) => {
    const vector = extractVector(method, positive, negative);
    expect(cosine(vector, direction)).toBeGreaterThan(1 - 1e-9);
    expect(norm(vector)).toBeCloseTo(norm(expected.mean_difference), 5);
  });
});

describe('extractVector, worked out by hand', () => {
  it('takes the component that all differences share, not the one in which they vary', () => {
    // Centred over items, the first component would be the second axis: the differences vary only there.
    const positive = [row(3, 1), row(3, -1), row(3, 1), row(3, -1)];
    const negative = positive.map(() => row(0, 0));
    const [x, y] = extractVector('principal-component', positive, negative);
    expect(x).toBeCloseTo(3, 6);
    expect(y).toBeCloseTo(0, 6);
  });

  it('gives one pair its own difference by every method', () => {
    for (const method of methods) {
      const vector = extractVector(method, [row(5, 2, 1)], [row(1, 5, 1)]);
      expect([...vector].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([4, -3, 0]);
    }
  });

  it('whitens: the axis with the wider spread counts less than its difference of means', () => {
    const offsets = [row(4, 0.5), row(-4, 0.5), row(4, -0.5), row(-4, -0.5)];
    const around = (x: number, y: number) => offsets.map((offset) => row(x + offset[0]!, y + offset[1]!));
    const mean = extractVector('mean-difference', around(1, 1), around(-1, -1));
    const lda = extractVector('lda', around(1, 1), around(-1, -1));
    expect([...mean]).toEqual([2, 2]);
    expect(Math.abs(lda[1]!)).toBeGreaterThan(2 * Math.abs(lda[0]!));
    expect(norm(lda)).toBeCloseTo(Math.sqrt(8), 6);
  });

  it('gives zeros where positive and negative activations are the same', () => {
    const same = [row(1, 2), row(3, 5), row(0, 1)];
    for (const method of methods)
      expect([...extractVector(method, same, same)].map(Math.abs)).toEqual([0, 0]);
  });
});

describe('extractVector, whatever the pairs', () => {
  const activation = fc.array(fc.integer({ min: -800, max: 800 }), { minLength: 6, maxLength: 6 });
  const pairs = fc.array(fc.tuple(activation, activation), { minLength: 1, maxLength: 7 });
  const sides = (drawn: [number[], number[]][]) =>
    [
      rows(drawn.map(([a]) => a.map((x) => x / 16))),
      rows(drawn.map(([, b]) => b.map((x) => x / 16))),
    ] as const;

  it('turns round when the answers are exchanged, and keeps its length', () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const [positive, negative] = sides(drawn);
        const length = norm(extractVector('mean-difference', positive, negative));
        for (const method of methods) {
          const there = extractVector(method, positive, negative);
          const back = extractVector(method, negative, positive);
          expect(there.every(Number.isFinite)).toBe(true);
          expect(Math.abs(norm(there) - length)).toBeLessThanOrEqual(1e-4 * length);
          // The component's sign is arbitrary where the mean projection is 0, its axis where two are as strong.
          if (method === 'principal-component' || length < 1e-3) continue;
          expect(cosine(there, back)).toBeLessThan(-0.9999);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('extractVector, used wrongly', () => {
  it.each(methods)('refuses no pairs, unequal sides and unequal widths: %s', (method) => {
    expect(() => extractVector(method, [], [])).toThrow(RangeError);
    expect(() => extractVector(method, [row(1)], [])).toThrow('1 positive, 0 negative');
    expect(() => extractVector(method, [row(1), row(1)], [row(1), row(1, 2)])).toThrow(
      'pair 1 has an activation of width 2; the first has 1',
    );
  });
});
