import { expect, it } from 'vitest';
import { formatBytes } from './format-bytes.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [98_362_432, '98.4 MB'],
  [9_999_999, '10.0 MB'],
  [99_960_000, '100 MB'],
  [999_600_000, '1.00 GB'],
  [42_520_398_400, '42.5 GB'],
])('%d bytes', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});
