import { expect, it } from 'vitest';
import { formatSeconds } from './format-seconds.ts';

it.each([
  [0.4, '0 s'],
  [119.4, '119 s'],
  [134, '2 min 14 s'],
  [7199.4, '119 min 59 s'],
  [7260, '2 h 1 min'],
])('%s seconds', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
