import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerRange } from './integer-range.ts';

/** The grammar as a regular expression: literals, classes, counts and alternatives mean the same in both. */
function expression(grammar: string): RegExp {
  return new RegExp(`^(?:${grammar.replaceAll('"', '').replaceAll(' ', '')})$`);
}

describe('whole numbers in a range', () => {
  it('by hand', () => {
    expect(integerRange(7, 12)).toBe('([7-9] | "1" [0-2])');
    expect(integerRange(5, 5)).toBe('"5"');
    expect(integerRange(-3, -2)).toBe('"-" [2-3]');
    expect(integerRange(0, 9)).toBe('[0-9]');
  });

  it('accepts those and no others', () => {
    const limit = fc.oneof(fc.constant(null), fc.integer({ min: -1200, max: 1200 }));
    fc.assert(
      fc.property(limit, limit, (a, b) => {
        const [least, most] = a !== null && b !== null && a > b ? [b, a] : [a, b];
        const pattern = expression(integerRange(least, most));
        for (let number = -1500; number <= 1500; number += 1 + Math.abs(number % 3)) {
          const inside = (least === null || number >= least) && (most === null || number <= most);
          expect(pattern.test(String(number))).toBe(inside);
        }
        for (const text of ['', '-', '-0', '00', '01', '1.0', '+1', '1e3'])
          expect(pattern.test(text)).toBe(false);
      }),
    );
  });

  it('up to fifteen digits, where there is no limit', () => {
    const pattern = expression(integerRange(null, null));
    for (const text of ['0', '-1', '999999999999999', '-999999999999999'])
      expect(pattern.test(text)).toBe(true);
    for (const text of ['1000000000000000', '-0', '007']) expect(pattern.test(text)).toBe(false);
    expect(expression(integerRange(100, null)).test('99')).toBe(false);
    expect(expression(integerRange(100, null)).test('999999999999999')).toBe(true);
  });

  it('of the safe integers, which schemas of whole numbers are often given', () => {
    const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
    const pattern = expression(integerRange(least, most));
    for (const text of ['0', '7', '-7', '9007199254740991', '-9007199254740991', '8999999999999999'])
      expect(pattern.test(text)).toBe(true);
    for (const text of ['9007199254740992', '-9007199254740992', '9999999999999999', '10000000000000000'])
      expect(pattern.test(text)).toBe(false);
  });

  it('refuses what is no range', () => {
    expect(() => integerRange(3, 2)).toThrow(RangeError);
    expect(() => integerRange(0.5, 2)).toThrow(RangeError);
    expect(() => integerRange(null, 2 ** 53)).toThrow(RangeError);
  });
});
