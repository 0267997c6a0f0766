import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosine, dot, norm } from '../math/vector.ts';
import { combineVectors, type Part } from './combine-vectors.ts';
import type { SteeringVector } from './steering-vector.ts';

function vector(layers: Record<number, number[]>, facts: Partial<SteeringVector> = {}): SteeringVector {
  const entries = Object.entries(layers).map(([layer, values]): [number, Float32Array] => [
    Number(layer),
    Float32Array.from(values),
  ]);
  return {
    ...{ layers: new Map(entries), width: entries[0]![1].length, method: 'mean-difference' },
    ...{ readPosition: 'letter', trainingPairs: 3, behaviour: 'b', dataHash: 'd' },
    ...{ modelName: 'm', architecture: 'llama', modelHash: 'h', producedBy: 'steerbench 0' },
    ...facts,
  };
}

const part = (name: string, layers: Record<number, number[]>, weight = 1): Part => ({
  name,
  vector: vector(layers),
  weight,
});
const layersOf = ({ layers }: SteeringVector) =>
  Object.fromEntries([...layers].map(([layer, values]) => [layer, [...values]]));
const plain = { producedBy: null };

describe('combineVectors, worked out by hand', () => {
  it('sums with weights, at the layers that all parts have', () => {
    const sum = combineVectors(
      [part('a', { 1: [1, 2], 2: [3, 4], 7: [9, 9] }, 2), part('b', { 2: [1, -1], 1: [0, 1] }, -0.5)],
      plain,
    );
    expect(layersOf(sum)).toEqual({ 1: [2, 3.5], 2: [5.5, 8.5] });
    expect([...sum.layers.keys()]).toEqual([1, 2]);
    expect(sum.combinedFrom).toBe('2 x a + -0.5 x b');
  });

  it('takes a missing layer as zeros where that is asked for', () => {
    const sum = combineVectors([part('a', { 1: [1, 2] }), part('b', { 2: [3, 4] })], {
      ...plain,
      missing: 'zero',
    });
    expect(layersOf(sum)).toEqual({ 1: [1, 2], 2: [3, 4] });
  });

  it('removes a direction, then sets the length, then applies the factor of the layer', () => {
    // [3, 4] less its part along [0, 2] is [3, 0]; length 10: [10, 0]; times 0.5: [5, 0].
    const result = combineVectors([part('a', { 1: [3, 4], 2: [3, 4] })], {
      projectOut: { name: 'u', vector: vector({ 1: [0, 2], 2: [1, 0] }) },
      length: 10,
      layerFactors: new Map([[1, 0.5]]),
      producedBy: 'steerbench 9',
    });
    expect(layersOf(result)).toEqual({ 1: [5, 0], 2: [0, 10] });
    expect(result).toMatchObject({
      method: 'file',
      producedBy: 'steerbench 9',
      combinedFrom: '1 x a; u projected out; length 10; layer 1 times 0.5',
    });
  });

  it('gives the sum the length of the first part', () => {
    const result = combineVectors([part('a', { 1: [3, 4] }), part('b', { 1: [0, 8] })], {
      ...plain,
      length: 'first',
    });
    // [3, 12] rescaled to length 5.
    const expected = Float32Array.of((3 * 5) / Math.sqrt(153), (12 * 5) / Math.sqrt(153));
    expect(result.layers.get(1)).toEqual(expected);
  });

  it('keeps what the parts agree on, and nothing else', () => {
    const other = vector({ 1: [1, 1] }, { behaviour: 'c', modelHash: 'h', importedFrom: undefined as never });
    const result = combineVectors([part('a', { 1: [1, 2] }), { name: 'b', vector: other, weight: 1 }], plain);
    expect(result).toMatchObject({ behaviour: null, modelHash: 'h', readPosition: 'letter', dataHash: 'd' });
    expect(result).not.toHaveProperty('importedFrom');
  });
});

describe('combineVectors, whatever the numbers', () => {
  const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 });

  it('is linear: weights that are powers of two come out exactly', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(-4, -1, 0.5, 2), (a, weight) => {
        const result = combineVectors([part('a', { 3: a }, weight)], plain);
        // A sum that begins at 0 has no -0.
        expect([...result.layers.get(3)!]).toEqual([...Float32Array.from(a, (x) => x * weight + 0)]);
      }),
    );
  });

  it('leaves nothing of a direction that was projected out', () => {
    fc.assert(
      fc.property(values, values, (a, u) => {
        fc.pre(norm(u) > 1e-3 && norm(a) > 1e-3);
        const projectOut = { name: 'u', vector: vector({ 3: u }) };
        const left = combineVectors([part('a', { 3: a })], { ...plain, projectOut }).layers.get(3)!;
        // Rounded to 32 bits: 2^-24 of the length of a, at most.
        const direction = Float32Array.from(u);
        expect(Math.abs(dot(left, direction)) / norm(direction)).toBeLessThanOrEqual(1e-6 * norm(a));
      }),
    );
  });

  it('sets a length and keeps the direction', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 50, noNaN: true }), (a, length) => {
        fc.pre(norm(a) > 1e-3);
        const result = combineVectors([part('a', { 3: a })], { ...plain, length }).layers.get(3)!;
        expect(norm(result) / length).toBeCloseTo(1, 6);
        expect(cosine(result, Float32Array.from(a))).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('combineVectors refuses', () => {
  const a = part('a', { 1: [1, 2] });
  it.each<[string, () => unknown, object]>([
    ['nothing', () => combineVectors([], plain), { name: 'RangeError' }],
    [
      'other widths',
      () => combineVectors([a, part('b', { 1: [1, 2, 3] })], plain),
      { code: 'vector-dimension', message: '"a" has width 2, "b" 3' },
    ],
    [
      'no common layer',
      () => combineVectors([a, part('b', { 2: [1, 2] })], plain),
      { code: 'layer-out-of-range' },
    ],
    [
      'a factor for a layer that is not there',
      () => combineVectors([a], { ...plain, layerFactors: new Map([[4, 2]]) }),
      { code: 'layer-out-of-range', message: 'the result has no layer 4; it has 1' },
    ],
    [
      'a weight that is no number',
      () => combineVectors([part('a', { 1: [1, 2] }, Number.NaN)], plain),
      { message: 'invalid weight of "a"; not a number: NaN' },
    ],
    [
      'a direction of length 0',
      () => combineVectors([a], { ...plain, projectOut: { name: 'u', vector: vector({ 1: [0, 0] }) } }),
      { message: expect.stringContaining('no direction to project out') },
    ],
    [
      'a length for zeros',
      () => combineVectors([part('a', { 1: [0, 0] })], { ...plain, length: 1 }),
      { message: 'the result has length 0 at layer 1 and cannot be rescaled' },
    ],
    [
      'a negative length',
      () => combineVectors([a], { ...plain, length: -1 }),
      { message: 'invalid "length"; expected a number from 0 on: -1' },
    ],
    [
      'numbers beyond 32 bits',
      () => combineVectors([part('a', { 1: [3e38, 0] }, 2)], plain),
      { message: 'the result is beyond 32-bit floats at layer 1' },
    ],
  ])('%s', (_, combine, expected) => {
    let thrown: unknown = null;
    try {
      combine();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject(expected);
  });
});
