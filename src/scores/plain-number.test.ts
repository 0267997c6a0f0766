import { expect, it } from 'vitest';
import { percent, plain } from './plain-number.ts';

it.each([
  [4.8037, '4.8'],
  [0.012345, '0.0123'],
  [-2, '-2'],
  [1234.5, '1235'],
  [999.6, '1000'],
  [0, '0'],
  [-0, '0'],
])('writes %d as %s', (value, text) => {
  expect(plain(value)).toBe(text);
});

it.each([
  [0.215, '21.5 %'],
  [1, '100 %'],
  [0, '0 %'],
  [0.0004, '0 %'],
])('writes the share %d as %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
