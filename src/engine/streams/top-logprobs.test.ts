import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topLogprobs } from './top-logprobs.ts';

describe('topLogprobs', () => {
  // Probabilities 1/2, 1/8, 1/4, 1/8.
  const logits = Float32Array.from([4, 1, 2, 1], (share) => Math.log(share));

  it('by hand', () => {
    const { logprob, top } = topLogprobs(logits, 3, 3);
    expect(logprob).toBeCloseTo(Math.log(1 / 8), 6);
    expect(top.map(({ token }) => token)).toEqual([0, 2, 1]);
    expect(top[0]!.logprob).toBeCloseTo(Math.log(1 / 2), 6);
  });

  it('none, and more than there are', () => {
    expect(topLogprobs(logits, 0, 0).top).toEqual([]);
    expect(topLogprobs(logits, 0, 9).top).toHaveLength(4);
  });

  it('equals sorting all of them', () => {
    const values = fc.array(fc.constantFrom(-2, -1, 0, 0.5, 3), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 8 }), (list, count) => {
        const sorted = [...list.keys()].sort((a, b) => list[b]! - list[a]! || a - b).slice(0, count);
        expect(topLogprobs(Float32Array.from(list), 0, count).top.map(({ token }) => token)).toEqual(sorted);
      }),
    );
  });
});
