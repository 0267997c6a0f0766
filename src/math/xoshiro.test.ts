import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { Xoshiro } from './xoshiro.ts';

describe('Xoshiro', () => {
  it.each(golden.xoshiro)('gives the published sequence for seed $seed', ({ seed, outputs }) => {
    const random = new Xoshiro(seed);
    expect(outputs.map(() => random.nextUint32())).toEqual(outputs);
  });

  it('derives by seed and label, whatever was drawn before', () => {
    const untouched = new Xoshiro(7);
    const drawn = new Xoshiro(7);
    drawn.normal();
    drawn.nextUint32();
    expect(drawn.derive('null').nextUint32()).toBe(untouched.derive('null').nextUint32());
    const firsts = [
      untouched.derive('null').nextUint32(),
      untouched.derive('nulk').nextUint32(),
      untouched.derive('').nextUint32(),
      untouched.derive('null').derive('null').nextUint32(),
      new Xoshiro(8).derive('null').nextUint32(),
      new Xoshiro(7).nextUint32(),
    ];
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('draws every integer below the limit equally often', () => {
    const random = new Xoshiro(1);
    for (const limit of [1, 3, 7]) {
      const counts = new Array<number>(limit).fill(0);
      const draws = 20_000 * limit;
      for (let i = 0; i < draws; i++) counts[random.below(limit)]!++;
      // Five standard deviations of a count with mean 20,000.
      for (const count of counts) expect(Math.abs(count - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    }
  });

  it('stays within [0, limit) up to the largest limit', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 2 ** 21 }), (seed, limit) => {
        const drawn = new Xoshiro(seed).below(limit);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < limit).toBe(true);
      }),
    );
    expect(() => new Xoshiro(0).below(2 ** 21 + 1)).toThrow('invalid "limit"');
    expect(() => new Xoshiro(0.1)).toThrow('invalid "seed"');
  });

  it('draws uniforms and normals with the moments they should have', () => {
    const random = new Xoshiro(2);
    const draws = 100_000;
    let uniformSum = 0;
    const powers = [0, 0, 0, 0];
    for (let i = 0; i < draws; i++) {
      uniformSum += random.uniform();
      const normal = random.normal();
      for (let power = 0; power < 4; power++) powers[power]! += normal ** (power + 1);
    }
    // Bounds of five standard errors: sd of U is 0.289; of Z, Z², Z³, Z⁴ 1, √2, √15, √96.
    const error = 5 / Math.sqrt(draws);
    expect(Math.abs(uniformSum / draws - 0.5)).toBeLessThan(0.289 * error);
    [0, 1, 0, 3].forEach((moment, i) => {
      expect(Math.abs(powers[i]! / draws - moment)).toBeLessThan([1, 1.42, 3.88, 9.8][i]! * error);
    });
  });

  it('shuffles typed and plain arrays into the same order', () => {
    const typed = Uint32Array.from({ length: 50 }, (_, i) => i);
    const plain = Array.from(typed);
    new Xoshiro(3).shuffle(typed);
    new Xoshiro(3).shuffle(plain);
    expect(Array.from(typed)).toEqual(plain);
    expect(plain).not.toEqual(plain.toSorted((a, b) => a - b));
    expect(plain.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
