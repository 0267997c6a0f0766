import { describe, expect, it } from 'vitest';
import { fraction } from './fraction.ts';
import { agreementInSign } from './sign-agreement.ts';

describe('agreementInSign', () => {
  it('counts equal signs among pairs that have both, by hand', () => {
    const a = [1, 2, -1, -4, 5, 0, null, 3];
    const b = [2, -1, -2, 1, 7, 3, 1, null];
    const { share, byChance, leftOut } = agreementInSign(a, b);
    expect(share).toEqual(fraction(3, 5));
    // Both sides are positive in three of five: 0.36 + 0.16.
    expect(byChance).toBeCloseTo(0.52, 12);
    expect(leftOut).toBe(3);
  });

  it('is null without pairs', () => {
    expect(agreementInSign([0], [1])).toMatchObject({ share: { value: null }, byChance: null, leftOut: 1 });
    expect(() => agreementInSign([1], [])).toThrow('differ in length');
    expect(() => agreementInSign([Number.NaN], [1])).toThrow('not finite');
  });
});
