import { describe, expect, it } from 'vitest';
import { fitLogistic, logisticLoss, sigmoid } from './logistic-regression.ts';

describe('fitLogistic', () => {
  it('solves two opposite points: w = 2a with a = C sigmoid(-w), no bias', () => {
    for (const strength of [0.1, 1, 30]) {
      const { weights, bias } = fitLogistic(
        [
          [1, -1],
          [-1, 1],
        ],
        [1, -1],
        strength,
      );
      const normal = weights[0]! - weights[1]!;
      // The condition of the minimum: w = Σ C y_i x_i sigmoid(-y_i w x_i).
      expect(normal).toBeCloseTo(2 * strength * sigmoid(-normal), 10);
      expect(bias).toBeCloseTo(0, 12);
    }
  });

  it('gives the share of the classes where the rows say nothing: b = log(3)', () => {
    const zeros = Array.from({ length: 4 }, () => new Float64Array(4));
    const { weights, bias } = fitLogistic(zeros, [1, 1, 1, -1], 1);
    expect(bias).toBeCloseTo(Math.log(3), 8);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0, 8);
  });

  it('meets the conditions of the minimum for rows in general position', () => {
    const rows = [
      [1, 0.5],
      [0.2, 2],
      [-1, 1],
      [-0.4, -2],
      [0.3, 0.3],
      [-2, 0.1],
    ];
    const labels = [1, 1, -1, -1, 1, -1];
    const strength = 7;
    const products = rows.map(([a, b]) => rows.map(([c, d]) => a! * c! + b! * d!));
    const { weights, bias } = fitLogistic(products, labels, strength);
    const slopes = labels.map((label, i) => {
      const score = products[i]!.reduce((sum, product, j) => sum + weights[j]! * product, bias);
      return strength * label * sigmoid(-label * score);
    });
    for (const axis of [0, 1]) {
      const [fromWeights, fromLoss] = [weights, slopes].map((values) =>
        rows.reduce((sum, row, i) => sum + values[i]! * row[axis]!, 0),
      );
      expect(fromWeights).toBeCloseTo(fromLoss!, 8);
    }
    expect(slopes.reduce((sum, slope) => sum + slope, 0)).toBeCloseTo(0, 8);
  });

  it.each([
    ['rows without labels', [[1]], [], 1],
    [
      'one class',
      [
        [1, 0],
        [0, 1],
      ],
      [1, 1],
      1,
    ],
    [
      'another label',
      [
        [1, 0],
        [0, 1],
      ],
      [1, 0],
      1,
    ],
    [
      'no strength',
      [
        [1, 0],
        [0, 1],
      ],
      [1, -1],
      0,
    ],
    [
      'no number',
      [
        [1, 0],
        [0, 1],
      ],
      [1, -1],
      Number.NaN,
    ],
  ])('refuses %s', (_, products, labels, strength) => {
    expect(() => fitLogistic(products, labels, strength)).toThrow(RangeError);
  });
});

it('logisticLoss is -log sigmoid, far out too', () => {
  for (const margin of [-3, 0, 0.5, 4])
    expect(logisticLoss(margin)).toBeCloseTo(-Math.log(sigmoid(margin)), 12);
  expect(logisticLoss(-1000)).toBe(1000);
  expect(logisticLoss(1000)).toBe(0);
});
