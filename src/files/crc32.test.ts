import { expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

it.each([
  // The check value of the catalogue of CRCs, and two of Python's zlib.crc32.
  ['123456789', 0xcbf43926],
  ['', 0],
  ['steerbench', 0xf42eb15b],
])('of "%s"', (text, expected) => {
  expect(crc32(Buffer.from(text))).toBe(expected);
});
