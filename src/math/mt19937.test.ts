import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { MersenneTwister } from './mt19937.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('MersenneTwister', () => {
  it.each(golden.python_random)('draws as Python does for seed $seed', (expected) => {
    const fresh = () => new MersenneTwister(expected.seed);
    const words = fresh();
    expect(expected.words.map(() => words.nextUint32())).toEqual(expected.words);
    const late = fresh();
    for (let i = 0; i < 700; i++) late.nextUint32();
    expect(late.nextUint32()).toBe(expected.late);
    const bits = fresh();
    expect(expected.bits.map(([count]) => [count, bits.randomBits(count!)])).toEqual(expected.bits);
    const uniform = fresh();
    expect(expected.uniform.map(() => uniform.random())).toEqual(expected.uniform);
    const below = fresh();
    expect(expected.below.map(([limit]) => [limit, below.randomBelow(limit!)])).toEqual(expected.below);
    const order = upTo(25);
    fresh().shuffle(order);
    expect(order).toEqual(expected.shuffle25);
  });

  it.each([
    [10, [7, 8, 1, 5, 3, 4, 2, 0, 9, 6]],
    [1000, [439, 621, 160, 549, 237, 389, 658, 507, 124, 290, 975, 392]],
    [468, [103, 206, 353, 348, 157, 425, 93, 310]],
    [934, [858, 710, 590, 527, 448, 854]],
    [1080, [551, 981, 327, 568, 290, 1026]],
    [120, [57, 103, 99, 3, 111, 59]],
  ])('repeats the published shuffle of %i items with seed 0', (n, start) => {
    const order = upTo(n);
    new MersenneTwister(0).shuffle(order);
    expect(order.slice(0, start.length)).toEqual(start);
  });

  it('takes a seed as a number or a bigint alike', () => {
    expect(new MersenneTwister(2 ** 40 + 5).nextUint32()).toBe(
      new MersenneTwister(2n ** 40n + 5n).nextUint32(),
    );
  });

  it('loses no item when it shuffles', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(200), (seed, n) => {
        const order = upTo(n);
        new MersenneTwister(seed).shuffle(order);
        expect(order.sort((a, b) => a - b)).toEqual(upTo(n));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what Python would not take', () => {
    expect(() => new MersenneTwister(0.5)).toThrow(RangeError);
    expect(() => new MersenneTwister(0).randomBelow(0)).toThrow('invalid "limit"');
    expect(() => new MersenneTwister(0).randomBits(54)).toThrow('invalid "count"');
  });
});
