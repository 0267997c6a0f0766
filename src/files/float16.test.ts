import { expect, test } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './float16.ts';

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

/** Value of a binary float by the definition of IEEE 754: (-1)^s · 2^(e - bias) · 1.f. */
function defined(bits: number, exponentBits: number, fractionBits: number): number {
  const text = bits.toString(2).padStart(16, '0');
  const sign = text[0] === '1' ? -1 : 1;
  const exponent = Number.parseInt(text.slice(1, 1 + exponentBits), 2);
  const fraction = Number.parseInt(text.slice(1 + exponentBits), 2) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

test.each([
  ['half', float16ToFloat32, float32ToFloat16, 5, 10],
  ['bfloat16', bfloat16ToFloat32, float32ToBfloat16, 8, 7],
] as const)('%s: all 65,536 values are widened by definition and survive a round trip', (...row) => {
  const [, widen, narrow, exponentBits, fractionBits] = row;
  const wide = widen(all);
  const expected = Array.from(all, (bits) => defined(bits, exponentBits, fractionBits));
  expect(Array.from(wide)).toEqual(expected);
  const back = narrow(wide);
  const changed = all.filter((bits) => back[bits] !== bits && !Number.isNaN(wide[bits]!));
  expect(changed).toHaveLength(0);
  expect(Array.from(widen(back))).toEqual(expected);
});

test.each([
  ['half', float16ToFloat32, float32ToFloat16, 0x7c00],
  ['bfloat16', bfloat16ToFloat32, float32ToBfloat16, 0x7f80],
] as const)('%s: rounds to the nearest neighbour, ties to the even one', (_, widen, narrow, infinity) => {
  const finite = widen(all.subarray(0, infinity));
  const cases: { value: number; expected: number }[] = [];
  for (let bits = 0; bits < infinity - 1; bits++) {
    const low = finite[bits]!;
    const middle = (low + finite[bits + 1]!) / 2;
    const aside = (middle - low) / 32;
    cases.push({ value: middle, expected: bits % 2 === 0 ? bits : bits + 1 });
    cases.push({ value: middle - aside, expected: bits }, { value: middle + aside, expected: bits + 1 });
  }
  // Between the smallest bfloat16 numbers a single has no room for all of these.
  const exact = cases.filter(({ value }) => Math.fround(value) === value);
  expect(exact.length).toBeGreaterThan(cases.length - 20);
  const rounded = narrow(Float32Array.from(exact, ({ value }) => value));
  expect(exact.filter(({ expected }, i) => rounded[i] !== expected)).toEqual([]);
});

test('beyond the largest half: up to the midpoint it stays, from there on it is infinite', () => {
  expect(Array.from(float32ToFloat16(Float32Array.of(65504, 65519.99, 65520, 1e30, -65520, -1e30)))).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00, 0xfc00,
  ]);
  const largest = 3.4028234663852886e38;
  expect(Array.from(float32ToBfloat16(Float32Array.of(largest, -largest, Number.POSITIVE_INFINITY)))).toEqual(
    [0x7f80, 0xff80, 0x7f80],
  );
});

test('a NaN never becomes infinite, whatever its payload', () => {
  const payloads = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001, 0x7fc00000, 0x7fffffff).buffer);
  expect(Array.from(float16ToFloat32(float32ToFloat16(payloads)))).toEqual(Array(4).fill(Number.NaN));
  expect(Array.from(bfloat16ToFloat32(float32ToBfloat16(payloads)))).toEqual(Array(4).fill(Number.NaN));
});
