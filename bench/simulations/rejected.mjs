// Intervals that were tried and are not used: the bootstrap where it covers less.
import { bca } from '../../dist/statistics/bca.js';
import { correlationOf } from '../../dist/statistics/correlation.js';
import { varianceOf } from '../../dist/statistics/moments.js';
import { ranks } from '../../dist/statistics/ranks.js';
import { quantileOfSorted } from '../../dist/statistics/sorted-quantile.js';
import { logNormalRho, rankRho } from './basic.mjs';
import { fill, pairs, shapes, times } from './draw.mjs';
import { slopesWithShares } from './study.mjs';

export const resamples = 1000;

function at(values, indices) {
  const picked = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = values[indices[i]];
  return picked;
}

/** Adjusted R² of s ~ 1 + A. */
function adjustedR2(slopes, isA, indices) {
  const sums = [0, 0];
  const counts = [0, 0];
  let squares = 0;
  for (const i of indices) {
    sums[+isA[i]] += slopes[i];
    counts[+isA[i]]++;
    squares += slopes[i] ** 2;
  }
  const n = indices.length;
  if (counts.includes(0)) return null;
  const correction = (sums[0] + sums[1]) ** 2 / n;
  const share = (sums[0] ** 2 / counts[0] + sums[1] ** 2 / counts[1] - correction) / (squares - correction);
  return 1 - ((1 - share) * (n - 1)) / (n - 2);
}

/** The 95th percentile of texts of 40 tokens, 10 % of the log's variance between texts, texts drawn again. */
function percentileOfTexts(random, n) {
  const texts = times(n, () => {
    const text = Math.sqrt(0.1) * random.normal();
    return fill(40, () => Math.exp(text + Math.sqrt(0.9) * random.normal()));
  });
  const drawn = fill(400, () => {
    const all = new Float64Array(40 * n);
    for (let t = 0; t < n; t++) all.set(texts[random.below(n)], 40 * t);
    return quantileOfSorted(all.sort(), 0.95);
  }).sort();
  const [low, high] = [0.025, 0.975].map((level) => quantileOfSorted(drawn, level));
  return [{ low, high }, Math.exp(1.6448536269514722)];
}

export const rejected = [
  ...shapes.map(([name, draw, , truth]) => [
    `variance by BCa, ${name}`,
    (random, n) => {
      const values = draw(random, n);
      return [bca(n, (i) => varianceOf(at(values, i)), random, resamples), truth];
    },
  ]),
  ...[0, 0.05, 0.3].map((share) => [
    `adjusted R2 of a letter by BCa, truth ${share}`,
    (random, n) => {
      const { slopes, isA } = slopesWithShares(random, n, shapes[0], share);
      return [bca(n, (i) => adjustedR2(slopes, isA, i), random, resamples), share];
    },
  ]),
  ['95th percentile of KL by the percentile bootstrap over texts, 10 % between', percentileOfTexts],
  ...[0, 0.8].flatMap((rho) => [
    [
      `Pearson by BCa, normal pairs, rho = ${rho}`,
      (random, n) => {
        const [x, y] = pairs(random, n, rho);
        return [bca(n, (i) => correlationOf(at(x, i), at(y, i)), random, resamples), rho];
      },
    ],
    [
      `Spearman by BCa, normal pairs, rho = ${rho}`,
      (random, n) => {
        const [x, y] = pairs(random, n, rho);
        return [
          bca(n, (i) => correlationOf(ranks(at(x, i)), ranks(at(y, i))), random, resamples),
          rankRho(rho),
        ];
      },
    ],
  ]),
  [
    'Pearson by BCa, log-normal pairs (sigma 1), rho of the logs = 0.5',
    (random, n) => {
      const [x, y] = pairs(random, n, 0.5, Math.exp);
      return [bca(n, (i) => correlationOf(at(x, i), at(y, i)), random, resamples), logNormalRho(0.5)];
    },
  ],
];
