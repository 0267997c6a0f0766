import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../src/math/xoshiro.ts';
import { meanOfClusters, quantileOfClusters } from '../src/statistics/clusters.ts';
import { pearson, spearman } from '../src/statistics/correlation.ts';
import type { Estimate } from '../src/statistics/estimate.ts';
import { explainedShares } from '../src/statistics/explained-shares.ts';
import { fraction } from '../src/statistics/fraction.ts';
import { itemNoise } from '../src/statistics/item-noise.ts';
import { letterWithinItems } from '../src/statistics/letter-within-items.ts';
import { mean } from '../src/statistics/mean.ts';
import { median } from '../src/statistics/median.ts';
import { quantile } from '../src/statistics/quantile.ts';
import { separability } from '../src/statistics/separability.ts';
import { variance } from '../src/statistics/spread.ts';
import { vectorStability } from '../src/statistics/vector-stability.ts';

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

/** Variances, shares and the like, at n = 60: 90 to 98 %, with three standard errors of 400 data sets on top. */
const studyReplicates = 400;
const studyPromise = { from: 0.9, to: 0.98 };
const studyError = 3 * Math.sqrt((0.95 * 0.05) / studyReplicates);

/** Several estimates of one simulated data set, with their truths, by name. */
type Study = (random: Xoshiro, n: number) => Record<string, [Estimate, number]>;

const studies: [string, Study][] = [
  [
    'variances, explained shares, texts, vectors',
    (random, n) => ({
      'variance of normal values': [variance(normals(random, n)), 1],
      'variance of items that steer both ways': [variance(bothWays(random, n)), 0.73],
      'adjusted R2, truth 0': [explained(random, n, 0), 0],
      'adjusted R2, truth 0.05': [explained(random, n, 0.05), 0.05],
      'adjusted R2, truth 0.5': [explained(random, n, 0.5), 0.5],
      'quantile 0.9': [quantile(normals(random, n), 0.9), 1.2815515655446004],
      'mean over texts': [meanOfClusters(texts(random, n)), 0],
      '95th percentile over texts': [quantileOfClusters(texts(random, n), 0.95), 1.6448536269514722],
      'cosine with the limit': limitCosine(random, n),
    }),
  ],
  [
    'letter within items',
    (random, n) => {
      const { letterShare, commonShare, specificShare } = lettered(random, n, 0.8);
      return {
        "letter's share": [letterShare, 0.89 / 1.89],
        'its common part': [commonShare, 0.64 / 1.89],
        'its specific part': [specificShare, 0.25 / 1.89],
        'its common part, truth 0': [lettered(random, n, 0).commonShare, 0],
      };
    },
  ],
  [
    'noise of items',
    (random, n) => {
      const { sd, reliability, reliabilityOfMean } = presented(random, n);
      return {
        'noise of an item': [sd, 1],
        reliability: [reliability, 0.5],
        'reliability of the mean of three': [reliabilityOfMean, 0.75],
      };
    },
  ],
  [
    'separability',
    (random, n) => {
      const { dPrime, rocAuc } = separability(...sides(random, n));
      // Φ(1/√2) by the printed table.
      return { "d'": [dPrime, 1], 'ROC AUC': [rocAuc, 0.76025] };
    },
  ],
];

describe('coverage of 95 % intervals', () => {
  it.each(studies)('%s, n = 60', (_, study) => {
    const random = new Xoshiro(60);
    const holds: Record<string, number> = {};
    for (let replicate = 0; replicate < studyReplicates; replicate++) {
      for (const [name, [{ low, high }, truth]] of Object.entries(study(random, 60))) {
        expect(low, name).not.toBeNull();
        holds[name] = (holds[name] ?? 0) + (low! <= truth && truth <= high! ? 1 : 0);
      }
    }
    for (const [name, count] of Object.entries(holds)) {
      expect(count / studyReplicates, name).toBeGreaterThan(studyPromise.from - studyError);
      expect(count / studyReplicates, name).toBeLessThan(studyPromise.to + studyError);
    }
  });

  it('overlap, n = 60: not below 95 %, whether the sides are alike or apart', () => {
    for (const [distance, truth] of [
      [0, 1],
      [1, 0.61708],
    ] as const) {
      const simulate: Simulation = (random, n) => [
        separability(...sides(random, n, distance)).overlap,
        truth,
      ];
      expect(coverage(simulate, 60, studyReplicates)).toBeGreaterThan(0.95 - studyError);
    }
  });

  for (const [name, simulate] of simulations) {
    it.each([20, 60, 200])(`${name}, n = %i`, (n) => {
      const covered = coverage(simulate, n);
      expect(covered).toBeGreaterThan(promised.from - simulationError);
      expect(covered).toBeLessThan(promised.to + simulationError);
    });
  }

  it.each([20, 60, 200])('median of any values, n = %i: not below 95 percent', (n) => {
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

function coverage(simulate: Simulation, n: number, count = replicates): number {
  const random = new Xoshiro(n);
  let holds = 0;
  for (let replicate = 0; replicate < count; replicate++) {
    const [{ low, high }, truth] = simulate(random, n);
    expect(low).not.toBeNull();
    if (low! <= truth && truth <= high!) holds++;
  }
  return holds / count;
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

/** Four items in five around 1, one in five around -1: variance 4·0.8·0.2 + 0.09. */
function bothWays(random: Xoshiro, n: number): number[] {
  return normals(random, n).map((z) => (random.uniform() < 0.8 ? 1 : -1) + 0.3 * z);
}

function explained(random: Xoshiro, n: number, share: number): Estimate {
  const letters = Array.from({ length: n }, (_, i) => i % 2 === 0);
  const slopes = letters.map(
    (isA) => (isA ? 1 : -1) * Math.sqrt(share) + Math.sqrt(1 - share) * random.normal(),
  );
  return explainedShares(slopes, letters, null, random, { permutations: 0 }).adjustedR2;
}

/** Content of variance 1, letter effects of this mean and sd 0.5. */
function lettered(random: Xoshiro, n: number, letter: number) {
  const items = normals(random, n).map((content) => [content, letter + 0.5 * random.normal()] as const);
  return letterWithinItems(
    items.map(([content, effect]) => content + effect),
    items.map(([content, effect]) => content - effect),
  );
}

/** Items of variance 1 in three presentations with noise 1. */
function presented(random: Xoshiro, n: number) {
  return itemNoise(
    normals(random, n).map((slope) => [0, 0.5, 2].map((shift) => slope + shift + random.normal())),
  );
}

/** Sides of pairs that go together by 0.5, with unit spread. */
function sides(random: Xoshiro, n: number, distance = 1): [number[], number[]] {
  const [positive, negative] = pairs(random, n, 0.5);
  return [positive.map((value) => value + distance), negative];
}

/** Texts of 20 tokens, unit normal, with a correlation of 0.2 within a text. */
function texts(random: Xoshiro, n: number): number[][] {
  return normals(random, n).map((text) =>
    normals(random, 20).map((token) => Math.sqrt(0.2) * text + Math.sqrt(0.8) * token),
  );
}

/** Differences with unit noise in 32 components and a planted 0.8: n·0.64/32 against 1. */
function limitCosine(random: Xoshiro, n: number): [Estimate, number] {
  const differences = Array.from({ length: n }, () => {
    const noise = normals(random, 32);
    noise[0]! += 0.8;
    return noise;
  });
  const strength = (n * 0.64) / 32;
  return [vectorStability(differences, random, 1).cosineWithLimit, Math.sqrt(strength / (1 + strength))];
}
