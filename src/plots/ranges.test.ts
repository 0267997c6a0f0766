import { expect, it } from 'vitest';
import { formatTick } from './format-number.ts';
import { axisRoom, domainOf, percentTick, widestTick } from './ranges.ts';

it('holds all values and some room, and what must be on the axis', () => {
  expect(domainOf([1, 2, null], [0])).toEqual([-0.08, 2.08]);
  expect(domainOf([undefined, Number.NaN])).toEqual([0, 1]);
  expect(domainOf([3])).toEqual([2.88, 3.12]);
});

it('writes shares in per cent without needless digits', () => {
  expect([0, 0.25, 0.125, 0.0005].map(percentTick)).toEqual(
    ['0', '25', '12.5', '0.1'].map((n) => `${n}\u00a0%`),
  );
});

it('makes room for long labels of small numbers', () => {
  expect(widestTick([0, 0.0001], formatTick)).toBeGreaterThan(widestTick([0, 5], formatTick));
  expect(axisRoom([0, 5], formatTick)).toBe(46);
  expect(axisRoom([-0.0001, 0.0001], formatTick)).toBeGreaterThan(60);
});
