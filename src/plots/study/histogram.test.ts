import { expect, it } from 'vitest';
import { splitHistogram } from './histogram.ts';

const area = (corners: { x: number; share: number }[]) =>
  corners.reduce((sum, { x, share }, k) => {
    const next = corners[k + 1];
    return next === undefined || next.share !== share ? sum : sum + (next.x - x) * share;
  }, 0);

it('has an area left of 0 that is the share of slopes of 0 and below', () => {
  const slopes = [-1.2, -0.4, 0, 0.1, 0.2, 0.2, 1.7, 2.4, 2.5, 3];
  const { backwards, forward } = splitHistogram(slopes, [-1.5, 3.5], 20);
  const [left, right] = [area(backwards), area(forward)];
  expect(left / (left + right)).toBeCloseTo(0.3, 10);
  expect(Math.max(...backwards.map(({ x }) => x))).toBe(0);
  expect(Math.min(...forward.map(({ x }) => x))).toBe(0);
});

it('is scaled to its highest bar', () => {
  const { forward } = splitHistogram([0.1, 0.2, 0.9], [0, 1], 2);
  expect(forward.map(({ share }) => share)).toEqual([1, 1, 0.5, 0.5]);
});

it('has no side without slopes on it', () => {
  expect(splitHistogram([1, 2], [-1, 3], 8).backwards).toEqual([]);
});
