import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareIntervention } from './apply.ts';
import { isIdentity, type Operator, operators } from './intervention.ts';

const apply = (operator: Operator, multiplier: number, vector: number[], h: number[]) => {
  const row = Float32Array.from(h);
  prepareIntervention({
    layer: 3,
    vector: Float32Array.from(vector),
    multiplier,
    operator,
  }).apply(row);
  return row;
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const length = (a: ArrayLike<number>) => Math.sqrt(dot(a, a));

// v = (3, 4) has length 5 and direction (0.6, 0.8); h = (10, 5) has the projection 6 + 4 = 10 on it.
describe('prepareIntervention, by hand', () => {
  it.each<[Operator, number, [number, number]]>([
    ['add', 0.5, [11.5, 7]],
    ['add', -2, [4, -3]],
    ['ablate', 0.5, [4, -3]],
    ['ablate', -7, [4, -3]],
    ['ablate-then-add', 0.5, [5.5, -1]],
    ['ablate-then-add', 0, [4, -3]],
    ['ablate-then-add', -1, [1, -7]],
    ['clamp', 0.5, [5.5, -1]],
    ['clamp', 2, [10, 5]],
  ])('%s with multiplier %d', (operator, multiplier, expected) => {
    const [x, y] = apply(operator, multiplier, [3, 4], [10, 5]);
    expect(x).toBeCloseTo(expected[0], 5);
    expect(y).toBeCloseTo(expected[1], 5);
  });

  it('norm-preserving-add: (3, 0) moved by (0, 4) points to (3, 4) and stays 3 long', () => {
    const [x, y] = apply('norm-preserving-add', 2, [0, 2], [3, 0]);
    expect(x).toBeCloseTo(1.8, 6);
    expect(y).toBeCloseTo(2.4, 6);
  });

  it('norm-preserving-add leaves what it moves to 0 at 0: there is no direction to stretch', () => {
    expect([...apply('norm-preserving-add', -1, [3, 4], [3, 4])].map(Math.abs)).toEqual([0, 0]);
  });

  it('names the layer', () => {
    expect(
      prepareIntervention({
        layer: 3,
        vector: Float32Array.of(1),
        multiplier: 1,
        operator: 'add',
      }).layer,
    ).toBe(3);
  });
});

const component = fc.integer({ min: -16_000, max: 16_000 }).map((value) => value / 512);
const pair = fc
  .integer({ min: 1, max: 12 })
  .chain((width) =>
    fc.tuple(
      fc.array(component, { minLength: width, maxLength: width }),
      fc.array(component, { minLength: width, maxLength: width }),
    ),
  )
  .filter(([vector]) => length(vector) > 0.1);
const multiplier = fc.integer({ min: -40, max: 40 }).map((value) => value / 16);

describe('prepareIntervention, whatever the row', () => {
  it('add with multiplier 0 changes no bit, and only that is the identity', () => {
    fc.assert(
      fc.property(pair, ([vector, h]) => {
        expect(apply('add', 0, vector, h)).toEqual(Float32Array.from(h, (value) => value + 0));
      }),
    );
    expect(operators.filter((operator) => isIdentity({ operator, multiplier: 0 }))).toEqual(['add']);
    expect(isIdentity({ operator: 'add', multiplier: 1e-9 })).toBe(false);
  });

  it('add rounds λv to float32 and then the sum, as a control vector of λv would be added', () => {
    fc.assert(
      fc.property(pair, multiplier, ([vector, h], lambda) => {
        const expected = h.map((value, i) => Math.fround(value + Math.fround(lambda * vector[i]!)));
        expect([...apply('add', lambda, vector, h)]).toEqual(expected.map((value) => value + 0));
      }),
    );
  });

  it('ablate leaves no projection and the rest as it was, twice as once', () => {
    fc.assert(
      fc.property(pair, multiplier, ([vector, h], lambda) => {
        const once = apply('ablate', lambda, vector, h);
        const tolerance = 1e-5 * (1 + length(h));
        expect(Math.abs(dot(once, vector) / length(vector))).toBeLessThan(tolerance);
        const moved = h.map((value, i) => value - once[i]!);
        // What was taken away lies along v: its part across is 0 (Pythagoras).
        const along = dot(moved, vector) / length(vector);
        expect(Math.abs(dot(moved, moved) - along ** 2)).toBeLessThan(1e-4 * (1 + dot(h, h)));
        for (const [i, value] of apply('ablate', lambda, vector, [...once]).entries())
          expect(Math.abs(value - once[i]!)).toBeLessThan(tolerance);
      }),
    );
  });

  it('clamp makes the projection λ‖v‖', () => {
    fc.assert(
      fc.property(pair, multiplier, ([vector, h], lambda) => {
        const projection = dot(apply('clamp', lambda, vector, h), vector) / length(vector);
        expect(Math.abs(projection - lambda * length(vector))).toBeLessThan(
          1e-5 * (1 + length(h) + Math.abs(lambda) * length(vector)),
        );
      }),
    );
  });

  it('norm-preserving-add keeps the length and the direction of h + λv', () => {
    fc.assert(
      fc.property(pair, multiplier, ([vector, h], lambda) => {
        const target = h.map((value, i) => value + lambda * vector[i]!);
        fc.pre(length(target) > 0.1);
        const steered = apply('norm-preserving-add', lambda, vector, h);
        expect(Math.abs(length(steered) - length(h))).toBeLessThan(1e-4 * (1 + length(h)));
        expect(Math.abs(dot(steered, target) - length(steered) * length(target))).toBeLessThan(
          1e-4 * (1 + length(steered) * length(target)),
        );
      }),
    );
  });
});

describe('prepareIntervention with the zero vector', () => {
  it('refuses the operators that need its direction, naming operator and layer', () => {
    for (const operator of ['ablate', 'ablate-then-add', 'clamp'] as const) {
      expect(() => apply(operator, 1, [0, 0], [1, 2])).toThrow(RangeError);
      expect(() => apply(operator, 1, [0, 0], [1, 2])).toThrow(`"${operator}"; layer 3`);
    }
  });

  it('adds nothing with the others', () => {
    expect([...apply('add', 1, [0, 0], [1, 2])]).toEqual([1, 2]);
    expect([...apply('norm-preserving-add', 1, [0, 0], [1, 2])]).toEqual([1, 2]);
    expect([...apply('norm-preserving-add', 1, [0, 0], [0, 0])]).toEqual([0, 0]);
  });
});
