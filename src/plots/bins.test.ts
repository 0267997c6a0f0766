import { expect, it } from 'vitest';
import { stackInBins } from './bins.ts';

const items = (slopes: number[]) => slopes.map((slope, item) => ({ item, slope }));

it('stacks items of one bin in the order of their slopes', () => {
  const { dots, step, from, to } = stackInBins(items([3.4, 0.2, 3.1]), 6);
  expect(step).toBe(1);
  expect([from, to]).toEqual([-1, 4]);
  expect(dots.map(({ item, centre, place }) => [item, centre, place])).toEqual([
    [1, 0.5, 1],
    [2, 3.5, 1],
    [0, 3.5, 2],
  ]);
});

it('puts a slope of exactly 0 on the left of 0, with the backwards items', () => {
  const { dots } = stackInBins(items([0, 1e-9]), 10);
  expect(dots[0]!.centre).toBeLessThan(0);
  expect(dots[1]!.centre).toBeGreaterThan(0);
});

it('needs no more bins than asked for', () => {
  for (const most of [10, 24, 40]) {
    const { from, to, step } = stackInBins(items([-3.14, 7.96, 0.002]), most);
    expect(Math.round((to - from) / step)).toBeLessThanOrEqual(most);
  }
});

it('gives equal slopes a bin of their own', () => {
  const { dots, from, to } = stackInBins(items([0, 0, 0]), 10);
  expect(dots.map(({ place }) => place)).toEqual([1, 2, 3]);
  expect(from).toBeLessThan(to);
});
