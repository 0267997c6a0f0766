import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../math/xoshiro.ts';
import { MeanDifference } from './mean-difference-accumulator.ts';

describe('MeanDifference', () => {
  it('gives the mean of the differences of each layer, by hand', () => {
    const mean = new MeanDifference(2, 3);
    mean.add(Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(0, 0, 0, 1, 1, 1));
    mean.add(Float32Array.of(3, 0, 1, 0, 1, 0), Float32Array.of(0, 0, 0, 1, 1, 1));
    expect(mean.pairs).toBe(2);
    expect(mean.vectors().map((vector) => [...vector])).toEqual([
      [2, 1, 2],
      [1, 2, 2],
    ]);
  });

  it('does not lose small differences between large activations, as a float32 sum would', () => {
    const mean = new MeanDifference(1, 1);
    const pairs = 20_000;
    for (let i = 0; i < pairs; i++) mean.add(Float32Array.of(4096.25), Float32Array.of(4096));
    expect(mean.vectors()[0]![0]).toBe(0.25);

    const random = new Xoshiro(3);
    const noisy = new MeanDifference(1, 1);
    let exact = 0n;
    for (let i = 0; i < pairs; i++) {
      // Multiples of 2^-10 are exact in every format here, so that an integer sum is the oracle.
      const thousandths = random.below(2 ** 21);
      noisy.add(Float32Array.of(thousandths / 1024), Float32Array.of(1000));
      exact += BigInt(thousandths) - 1_024_000n;
    }
    expect(noisy.vectors()[0]![0]).toBe(Math.fround(Number(exact) / 1024 / pairs));
  });

  it('refuses a block of another size, and no pairs', () => {
    const mean = new MeanDifference(2, 3);
    expect(() => mean.vectors()).toThrow('at least one pair');
    expect(() => mean.add(new Float32Array(6), new Float32Array(5))).toThrow(
      'invalid block of 5 values; 2 layers of width 3 take 6',
    );
    expect(mean.pairs).toBe(0);
    expect(() => new MeanDifference(0, 3)).toThrow('"layers"');
    expect(() => new MeanDifference(1, 0.5)).toThrow('"width"');
  });
});
