import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveLinear, symmetricEigen } from './linear-algebra.ts';
import { dot } from './vector.ts';

const entry = fc.integer({ min: -10_000, max: 10_000 }).map((thousandths) => thousandths / 1000);

describe('symmetricEigen', () => {
  it('finds the values of a matrix worked out by hand, largest first', () => {
    const { values, vectors } = symmetricEigen([
      [2, 1],
      [1, 2],
    ]);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(Math.abs(dot(vectors[0]!, [Math.SQRT1_2, Math.SQRT1_2]))).toBeCloseTo(1, 12);
  });

  it('gives orthonormal vectors that put the matrix together again', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 16, maxLength: 16 }), (entries) => {
        const rows = [0, 1, 2, 3].map((i) =>
          [0, 1, 2, 3].map((j) => entries[4 * Math.min(i, j) + Math.max(i, j)]!),
        );
        const { values, vectors } = symmetricEigen(rows);
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            expect(dot(vectors[i]!, vectors[j]!)).toBeCloseTo(i === j ? 1 : 0, 9);
            const entryAgain = values.reduce(
              (sum, value, k) => sum + value * vectors[k]![i]! * vectors[k]![j]!,
              0,
            );
            expect(entryAgain).toBeCloseTo(rows[i]![j]!, 8);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('solveLinear', () => {
  it('solves a square system and fits a tall one', () => {
    const solution = solveLinear(
      [
        [2, 1],
        [1, 3],
      ],
      [3, 5],
    );
    expect(solution[0]).toBeCloseTo(0.8, 12);
    expect(solution[1]).toBeCloseTo(1.4, 12);
    // The least squares constant of 1, 2, 6 is their mean.
    expect(solveLinear([[1], [1], [1]], [1, 2, 6])[0]).toBeCloseTo(3, 12);
  });

  it('refuses a singular matrix', () => {
    const singular = [
      [1, 2],
      [2, 4],
    ];
    expect(() => solveLinear(singular, [1, 2])).toThrow();
  });
});
