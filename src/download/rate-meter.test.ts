import { expect, it } from 'vitest';
import { rateMeter } from './rate-meter.ts';

it('gives the rate over the last seconds, and starts anew when a download does', () => {
  let nowMs = 0;
  const rate = rateMeter(() => nowMs);
  expect(rate(0)).toBe(0);
  nowMs = 1000;
  expect(rate(2_000_000)).toBe(2_000_000);
  // Ten seconds at 100 kB/s: the fast first second is forgotten.
  for (let second = 2; second <= 11; second += 1) {
    nowMs = second * 1000;
    rate(2_000_000 + (second - 1) * 100_000);
  }
  nowMs = 12_000;
  expect(rate(2_000_000 + 11 * 100_000)).toBeCloseTo(100_000);
  nowMs = 13_000;
  expect(rate(0)).toBe(0);
});
