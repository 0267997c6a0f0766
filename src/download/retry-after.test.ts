import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const asked = (value: string) => retryAfterMs(new Headers({ 'retry-after': value }));

it('reads seconds', () => {
  expect(asked('0')).toBe(0);
  expect(asked('90')).toBe(90_000);
});

it('reads a date, which may be past', () => {
  const soon = asked(new Date(Date.now() + 30_000).toUTCString())!;
  expect(soon).toBeGreaterThan(25_000);
  expect(soon).toBeLessThanOrEqual(30_000);
  expect(asked('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
});

it('is null without one, or for anything else', () => {
  expect(retryAfterMs(new Headers())).toBeNull();
  expect(asked('soon')).toBeNull();
});
