import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../src/math/xoshiro.ts';
import { pearson, spearman } from '../src/statistics/correlation.ts';
import type { Estimate } from '../src/statistics/estimate.ts';
import { fraction } from '../src/statistics/fraction.ts';
import { mean } from '../src/statistics/mean.ts';
import { median } from '../src/statistics/median.ts';

/**
 * A small part of `bench/coverage.mjs`, whose full table is docs/coverage.md: 95 ± 2 %, with three standard errors
 * of the simulation (2000 data sets: 1.5 points) on top.
 */
const replicates = 2000;
const promised = { from: 0.93, to: 0.97 };
const simulationError = 3 * Math.sqrt((0.95 * 0.05) / replicates);

type Simulation = (random: Xoshiro, n: number) => [Estimate, number];

const simulations: [string, Simulation][] = [
  ['mean of normal values', (random, n) => [mean(normals(random, n)), 0]],
  [
    'mean of skewed values',
    (random, n) => [mean(normals(random, n).map((z) => Math.exp(0.4 * z))), Math.exp(0.08)],
  ],
  ['fraction, over all p', fractionAnywhere],
  ['Pearson, rho 0', (random, n) => [pearson(...pairs(random, n, 0)), 0]],
  ['Pearson, rho 0.8', (random, n) => [pearson(...pairs(random, n, 0.8)), 0.8]],
  ['Spearman, rho 0', (random, n) => [spearman(...pairs(random, n, 0)), 0]],
  // Rank correlation of a bivariate normal: (6/π) asin(ρ/2), Pearson 1907.
  ['Spearman, rho 0.5', (random, n) => [spearman(...pairs(random, n, 0.5)), (6 / Math.PI) * Math.asin(0.25)]],
];

describe('coverage of 95 % intervals', () => {
  for (const [name, simulate] of simulations) {
    it.each([20, 60, 200])(`${name}, n = %i`, (n) => {
      const covered = coverage(simulate, n);
      expect(covered).toBeGreaterThan(promised.from - simulationError);
      expect(covered).toBeLessThan(promised.to + simulationError);
    });
  }

  it.each([20, 60, 200])('median of any values, n = %i: not below 95 %%', (n) => {
    const covered = coverage((random, count) => [median(normals(random, count).map((z) => z ** 3)), 0], n);
    expect(covered).toBeGreaterThan(0.95 - simulationError);
  });

  it('fraction, by summing the binomial exactly: within 95 ± 2 % for p from 0.1 to 0.9 at n = 200', () => {
    for (let p = 0.1; p <= 0.9; p += 0.05) {
      expect(exactFractionCoverage(200, p)).toBeGreaterThan(0.93);
      expect(exactFractionCoverage(200, p)).toBeLessThan(0.97);
    }
  });
});

function coverage(simulate: Simulation, n: number): number {
  const random = new Xoshiro(n);
  let holds = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const [{ low, high }, truth] = simulate(random, n);
    if (low! <= truth && truth <= high!) holds++;
  }
  return holds / replicates;
}

function exactFractionCoverage(n: number, p: number): number {
  let probability = (1 - p) ** n;
  let covered = 0;
  for (let count = 0; count <= n; count++) {
    const { low, high } = fraction(count, n);
    if (low! <= p && p <= high!) covered += probability;
    probability *= ((n - count) / (count + 1)) * (p / (1 - p));
  }
  return covered;
}

function fractionAnywhere(random: Xoshiro, n: number): [Estimate, number] {
  const p = 0.02 + 0.96 * random.uniform();
  let count = 0;
  for (let i = 0; i < n; i++) if (random.uniform() < p) count++;
  return [fraction(count, n), p];
}

function normals(random: Xoshiro, n: number): number[] {
  return Array.from({ length: n }, () => random.normal());
}

function pairs(random: Xoshiro, n: number, rho: number): [number[], number[]] {
  const x = normals(random, n);
  return [x, x.map((value) => rho * value + Math.sqrt(1 - rho * rho) * random.normal())];
}
