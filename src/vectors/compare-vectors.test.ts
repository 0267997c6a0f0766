import { describe, expect, it } from 'vitest';
import { compareVectors } from './compare-vectors.ts';
import type { SteeringVector } from './steering-vector.ts';

function named(name: string, layers: [number, number[]][]): { name: string; vector: SteeringVector } {
  return {
    name,
    vector: {
      ...{ layers: new Map(layers.map(([layer, values]) => [layer, Float32Array.from(values)])) },
      ...{ width: layers[0]![1].length, method: 'file', readPosition: null, trainingPairs: null },
      ...{ behaviour: null, dataHash: null, modelName: null, architecture: null, modelHash: null },
      producedBy: null,
    },
  };
}

describe('compareVectors', () => {
  it('gives lengths and cosines by layer, null where a vector has none, and their means', () => {
    const comparison = compareVectors([
      named('a', [
        [1, [3, 4]],
        [2, [1, 0]],
        [9, [0, 0]],
      ]),
      named('b', [
        [2, [0, 2]],
        [1, [4, 3]],
        [9, [1, 1]],
      ]),
      named('c', [[2, [-1, 0]]]),
    ]);
    expect(comparison.pairs).toEqual([
      { first: 0, second: 1 },
      { first: 0, second: 2 },
      { first: 1, second: 2 },
    ]);
    expect(comparison.layers).toEqual([
      { layer: 1, norms: [5, 5, null], cosines: [0.96, null, null] },
      { layer: 2, norms: [1, 2, 1], cosines: [0, -1, 0] },
      { layer: 9, norms: [0, Math.SQRT2, null], cosines: [null, null, null] },
    ]);
    expect(comparison.meanCosines).toEqual([0.48, -1, 0]);
  });

  it('has no mean without a common layer', () => {
    expect(compareVectors([named('a', [[1, [1]]]), named('b', [[2, [1]]])]).meanCosines).toEqual([null]);
  });

  it('refuses vectors of other widths, or a single one', () => {
    expect(() => compareVectors([named('a', [[1, [1]]]), named('b', [[1, [1, 2]]])])).toThrow(
      expect.objectContaining({ code: 'vector-dimension' }),
    );
    expect(() => compareVectors([named('a', [[1, [1]]])])).toThrow(RangeError);
  });
});
